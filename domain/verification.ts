/** A light's colour: green is proven, red contradicted, grey not asked or not askable. */
export type Light = 'green' | 'red' | 'grey';

/** Three lights of an identity: format and checksum of the number, and what the register said (D-1, R26). */
export interface Lights {
  format?: Light;
  checksum?: Light;
  register?: Light;
  /** The register's answer came from the simulated server: shown as "benzetim", never green. */
  simulated?: boolean;
}

export type RegisterResult = 'match' | 'mismatch' | 'unavailable' | 'off';

/** The register light for an answer. A simulated answer proves nothing, however it sounds. */
export function registerLight(result: RegisterResult, simulated: boolean): Light {
  if (simulated || result === 'off' || result === 'unavailable') return 'grey';
  return result === 'match' ? 'green' : 'red';
}
