import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import type { RecordKeys } from '../db/transaction';
import { deriveKey, newKey, open, seal } from './crypto';

/** Keys of one installation: the master key wraps dealers' keys, a dealer's key wraps customers' keys. */
export interface KeyRing extends RecordKeys {
  wrapDealerKey(dealerId: string, dealerKey: Buffer): Buffer;
  /** Seals what goes through Temporal; the same in every process of the installation. */
  payloadKey(): Buffer;
}

const dealerPlace = (dealerId: string) => `dealers|${dealerId}|wrapped_key`;

/** Reads the master key file (32 bytes as base64). A missing or damaged file is an error: a new key would open nothing. */
export function openKeyRing(masterKeyFile: string): KeyRing {
  const master = readMasterKey(masterKeyFile);
  const opened = new Map<string, Buffer>();
  return {
    payloadKey: () => deriveKey(master, 'temporal-payload'),
    wrapDealerKey: (dealerId, dealerKey) => seal(master, dealerKey, dealerPlace(dealerId)),
    knownDealerKey: (dealerId) => opened.get(dealerId),
    openDealerKey(dealerId, wrapped) {
      const known = opened.get(dealerId);
      if (known !== undefined) return known;
      const key = open(master, wrapped, dealerPlace(dealerId));
      opened.set(dealerId, key);
      return key;
    },
  };
}

/** Makes the master key file on the first start of an installation; keeps an existing one. */
export function ensureMasterKey(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, `${newKey().toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function readMasterKey(file: string): Buffer {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(
      'The master key file cannot be read: set SICIL_MASTER_KEY_FILE to the file of this installation',
      {
        cause: error,
      },
    );
  }
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== 32)
    throw new Error('The master key file does not hold 32 bytes in base64: restore it from your copy');
  return key;
}
