/** Asks the jest run's server keeper for a part; the first question of a run starts it. */
export async function testServer<Answer>(part: 'postgres' | 'temporal' | 'chromium'): Promise<Answer> {
  const keeper = process.env['SICIL_TEST_SERVERS'];
  if (keeper === undefined) throw new Error('SICIL_TEST_SERVERS is not set: run the tests with jest');
  const answer = await fetch(`${keeper}/${part}`, { signal: AbortSignal.timeout(900_000) });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Answer;
}
