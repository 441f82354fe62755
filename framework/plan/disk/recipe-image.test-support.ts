import type { FileAccess } from '../file-access';
import { FirmwareStore } from '../firmware/store';
import { readRecipe } from './recipe';
import { type ImageSource, recipeSource } from './recipe-source';

interface Place {
  readonly path?: string;
  /** Where manifests and recipes are looked for. */
  readonly roots?: readonly string[];
}

/** The image that a recipe makes, given without its description. Throws what is wrong with it. */
export function recipeImage(text: string, files: FileAccess, { path = '/r/recipe.yaml', roots = [] }: Place = {}): ImageSource {
  const recipe = readRecipe(`description: x\n${text}`, path, files, new FirmwareStore(files, roots));
  if (!('pieces' in recipe)) throw new Error(recipe.map(({ what }) => what).join('; '));
  return recipeSource(recipe.sizeBytes, recipe.pieces, files);
}
