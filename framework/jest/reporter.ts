import { loadBundle } from '../bundle/load';

export = loadBundle().BootReporter;
