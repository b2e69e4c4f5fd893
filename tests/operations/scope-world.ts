import { inDealer, type Tx } from '../../db/transaction';
import { itemsAfter } from '../../db/package-items';
import { frameEnvelopeOf, getPackage } from '../../db/packages';
import { SYSTEM } from '../../domain/customer';
import { withdrawCustomer } from '../../operations/onboarding';
import { freezePackage } from '../../operations/package-freeze';
import { requestPackage, type PackageRequest } from '../../operations/package-request';
import {
  openFrame,
  openItem,
  openPackageKey,
  type PackageFrame,
  type PackageItem,
} from '../../operations/package-snapshot';
import { advancePackage } from '../../operations/packages';
import { addPaper, addPerson, usePackageWorld } from '../package/package-world';

export const PERIOD = { from: '2026-02-01', to: '2026-06-30' };

/** A dealer with seven customers, six of them in the period, and what tests of a package's scope ask of it. */
export function useScopeWorld() {
  const world = usePackageWorld('2026-01-10T09:00:00Z');
  const people: Record<string, { id: string; code: string }> = {};
  const idOf = (name: string) => people[name]?.id ?? '';
  const codeOf = (name: string) => people[name]?.code ?? '';

  async function add(name: string, record: Record<string, unknown> = {}): Promise<string> {
    const id = await world.dealer.run((tx) => addPerson(tx, record));
    people[name] = {
      id,
      code: (await world.dealer.run((tx) => tx.sql('customers').where({ id }).first('code'))).code,
    };
    return id;
  }

  beforeAll(async () => {
    const { clock } = world.installation;
    const gone = await add('goneBefore', { surname: 'Eskioğlu' });
    await world.dealer.run((tx) => withdrawCustomer(tx, gone, 'vazgeçti'));
    clock.moveTo('2026-02-10T09:00:00Z');
    for (const name of ['ali', 'banu', 'can', 'defne', 'emre', 'figen']) {
      await add(name, name === 'banu' ? { address: { province: 'Ankara' } } : {});
    }
    await addPaper(world, idOf('ali'), 'identity_card');
    clock.moveTo('2026-11-20T09:00:00Z');
  }, 120_000);

  const ask = (options: Partial<PackageRequest> = {}) =>
    world.dealer.run(
      (tx) => requestPackage(tx, { profile: 'masak', period: PERIOD, ...options }),
      world.officer.userId,
    );

  const asMachine = <T>(fn: (tx: Tx) => Promise<T>) =>
    inDealer(world.installation.database, world.dealer.dealerId, SYSTEM, fn, {
      isolation: 'repeatable read',
    });

  const freeze = (id: string) => asMachine((tx) => freezePackage(tx, id, () => undefined));

  /** Looks and freezes until something else is to be done. */
  async function settle(id: string): Promise<string> {
    for (;;) {
      const next = await asMachine((tx) => advancePackage(tx, id));
      if (next.do !== 'freeze') return next.do;
      await freeze(id);
    }
  }

  async function frozen(id: string): Promise<{ frame: PackageFrame; items: PackageItem[] }> {
    return world.dealer.run(async (tx) => {
      const key = await openPackageKey(tx, await getPackage(tx, id));
      const frame = openFrame(key, id, await frameEnvelopeOf(tx, id));
      return { frame, items: (await itemsAfter(tx, id, '', 1000)).map((row) => openItem(key, id, row)) };
    });
  }

  const inside = async (id: string) => (await frozen(id)).items.map(({ code }) => code);

  return { world, people, idOf, codeOf, add, ask, asMachine, freeze, settle, frozen, inside };
}
