/** Interprocessor interrupts and the destinations that local APICs take for theirs (SDM vol. 3, 11.6 and 11.12.10). */
import { type ApicBus, type ApicMessage, type ApicNode, DELIVERY } from '../../bus/apic-bus';
import { DELIVERY_SHIFT, FIRST_VECTOR, ICR_ASSERT, ICR_LEVEL, ICR_LOGICAL } from './registers';

const SHORTHAND_SHIFT = 18;
const SHORTHAND = { SELF: 1, ALL: 2, OTHERS: 3 } as const;
/** Command for an interrupt to oneself. */
export const TO_SELF = SHORTHAND.SELF << SHORTHAND_SHIFT;

/** Sends what the low half of ICR says. Delivery is immediate: the status bit reads idle. false: the vector is reserved. */
export function sendInterrupt(from: ApicNode, bus: ApicBus, command: number, destination: number): boolean {
  const delivery = (command & 0x700) >> DELIVERY_SHIFT;
  const message: ApicMessage = { delivery, vector: command & 0xff, level: false };
  if ((delivery === DELIVERY.FIXED || delivery === DELIVERY.LOWEST) && message.vector < FIRST_VECTOR) return false;
  // INIT level de-assert only synchronised the arbitration ids of old APIC buses.
  if (delivery === DELIVERY.INIT && command & ICR_LEVEL && !(command & ICR_ASSERT)) return true;
  switch ((command >> SHORTHAND_SHIFT) & 3) {
    case SHORTHAND.SELF:
      from.receive(message);
      break;
    case SHORTHAND.ALL:
      bus.broadcast(message);
      break;
    case SHORTHAND.OTHERS:
      bus.broadcast(message, from);
      break;
    default:
      bus.send(message, { id: destination, logical: (command & ICR_LOGICAL) !== 0 });
  }
  return true;
}

/** xAPIC mode: `own` of LDR, in the flat model or the cluster model. */
export function matchesLogical(own: number, isFlat: boolean, destination: number): boolean {
  if (isFlat) return (own & destination) !== 0;
  const cluster = destination >> 4;
  return (cluster === 0xf || cluster === own >> 4) && (own & destination & 0xf) !== 0;
}

/** LDR of x2APIC mode: the cluster, and a bit within it. */
export function x2LogicalId(apicId: number): number {
  return (((apicId >>> 4) << 16) | (1 << (apicId & 0xf))) >>> 0;
}

export function matchesX2Logical(apicId: number, destination: number): boolean {
  const own = x2LogicalId(apicId);
  return destination >>> 16 === own >>> 16 && (destination & own & 0xffff) !== 0;
}
