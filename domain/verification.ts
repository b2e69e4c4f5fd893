import type { EvidenceResult } from './evidence';
import { checkTckn, checkVkn, checkYkn } from './identity-numbers';
import { type Identity, identitiesOf } from './register-subjects';

/** A light's colour: green is proven, red contradicted, grey not asked or not askable. */
export type Light = 'green' | 'red' | 'grey';

/** Three lights of one identity number; `field` is its place in the record. */
export interface IdentityLights {
  field: string;
  format: Light;
  checksum: Light;
  register: Light;
  /** The register's answer came from the simulated server: shown as "benzetim", never green. */
  simulated: boolean;
}

/** Three lights of a file: format and checksum of its numbers, and what the registers said (D-1, R26). The worst of all. */
export interface Lights {
  format?: Light;
  checksum?: Light;
  register?: Light;
  simulated?: boolean;
  /** Absent on cases that were verified before identities had lights of their own. */
  identities?: IdentityLights[];
}

export type RegisterResult = EvidenceResult | 'unavailable' | 'off';

/** What is known of one identity number from a register or a person who looked. */
export interface StandingAnswer {
  field: string;
  result: RegisterResult;
  simulated: boolean;
}

/** The register light for an answer. A simulated answer proves nothing, however it sounds. */
export function registerLight(result: RegisterResult, simulated: boolean): Light {
  if (result === 'mismatch' && !simulated) return 'red';
  return result === 'match' && !simulated ? 'green' : 'grey';
}

/** The lights of each identity of a record, and the worst of each. Without any identity nothing is proven. */
export function lightsOf(record: unknown, answers: readonly StandingAnswer[]): Lights {
  const identities = identitiesOf(record).map((identity) => identityLights(identity, answers));
  return {
    format: worst(identities.map(({ format }) => format)),
    checksum: worst(identities.map(({ checksum }) => checksum)),
    register: worst(identities.map(({ register }) => register)),
    simulated: identities.some(({ simulated }) => simulated),
    identities,
  };
}

const CHECKS = { tckn: checkTckn, ykn: checkYkn, vkn: checkVkn };

function identityLights(
  { field, kind, value }: Identity,
  answers: readonly StandingAnswer[],
): IdentityLights {
  const { valid, problems } = CHECKS[kind](value);
  const wrongForm = !valid && problems.some(({ code }) => code !== 'checksum');
  const answer = answers.find((one) => one.field === field);
  return {
    field,
    format: wrongForm ? 'red' : 'green',
    checksum: wrongForm ? 'grey' : valid ? 'green' : 'red',
    register: answer === undefined ? 'grey' : registerLight(answer.result, answer.simulated),
    simulated: answer?.simulated ?? false,
  };
}

function worst(lights: readonly Light[]): Light {
  if (lights.includes('red')) return 'red';
  return lights.length > 0 && lights.every((light) => light === 'green') ? 'green' : 'grey';
}
