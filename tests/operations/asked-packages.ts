import { withdrawCustomer } from '../../operations/onboarding';
import { sealPackage } from '../../operations/package-seal';
import { requestPackage } from '../../operations/package-request';
import { addPaper, addPerson, drive, paper, usePackageWorld } from '../package/package-world';

/** Days of which some customers' relationships overlap. */
export const PERIOD = { from: '2026-03-01', to: '2026-06-30' };

/** A dealer with customers before, in and after the period, one of them hostile text, and what tests ask of a package. */
export function useAskedPackages() {
  const world = usePackageWorld('2026-01-10T09:00:00Z');
  const people: Record<string, { id: string; code: string }> = {};

  async function addNamed(name: string, record: Record<string, unknown> = {}): Promise<string> {
    const id = await world.dealer.run((tx) => addPerson(tx, record));
    const code = await world.dealer.run(async (tx) => {
      const row = await tx.sql<{ id: string; code: string }>('customers').where({ id }).first('code');
      return row?.code ?? '';
    });
    people[name] = { id, code };
    return id;
  }

  const codeOf = (name: string) => people[name]?.code ?? '';
  const idOf = (name: string) => people[name]?.id ?? '';

  beforeAll(async () => {
    const { clock } = world.installation;
    const gone = await addNamed('goneBefore', { surname: 'Eskioğlu' });
    await world.dealer.run((tx) => withdrawCustomer(tx, gone, 'vazgeçti'));
    clock.moveTo('2026-02-10T09:00:00Z');
    const leaving = await addNamed('withdrawn', { surname: 'Şahbazöğlu', tckn: '10000000214' });
    await addNamed('onboarding');
    await addPaper(world, idOf('onboarding'), 'identity_card');
    await addPaper(world, idOf('onboarding'), 'address_proof');
    await addPaper(world, idOf('onboarding'), 'address_proof', paper('second'));
    await addNamed('hostile', {
      givenNames: '=HYPERLINK("http://127.0.0.1:9")',
      surname: '<script>alert(1)</script>{{constructor}}\u202eters',
      occupation: '<img src=x onerror=alert(1)>',
    });
    clock.moveTo('2026-03-05T09:00:00Z');
    await world.dealer.run((tx) => withdrawCustomer(tx, leaving, 'vazgeçti'));
    clock.moveTo('2026-11-22T09:00:00Z');
    await addNamed('afterwards', { surname: 'Geçkalan' });
  }, 120_000);

  async function ask(options: Partial<Parameters<typeof requestPackage>[1]> = {}) {
    const { id } = await world.dealer.run(
      (tx) => requestPackage(tx, { profile: 'masak', period: PERIOD, ...options }),
      world.officer.userId,
    );
    return { dealerId: world.dealer.dealerId, packageId: id };
  }

  async function sealed(options: Partial<Parameters<typeof requestPackage>[1]> = {}): Promise<string> {
    const ref = await ask(options);
    await drive(world, ref);
    await world.dealer.run((tx) => sealPackage(tx, ref.packageId), world.manager.userId);
    return ref.packageId;
  }

  return { world, people, idOf, codeOf, addNamed, ask, sealed };
}
