import type { Browser, BrowserContext, Page } from 'puppeteer-core';

import type { RunningProduct } from '../support/product';

/** Somebody at a screen: a browser session of their own, and the few things a person does there. */
export class Person {
  private constructor(
    readonly product: RunningProduct,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  /** Signs in through the page, as the demo dealer's person with this role. */
  static async signIn(browser: Browser, product: RunningProduct, role: string): Promise<Person> {
    const account = product.signIns.find((candidate) => candidate.role === role);
    if (account === undefined) throw new Error(`The demo has no ${role}`);
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.setViewport({ width: 1366, height: 900 });
    const person = new Person(product, context, page);
    await person.open('/login');
    await person.fill({ email: account.email, password: account.password });
    await person.send('form[action="/login"]');
    return person;
  }

  async open(path: string): Promise<void> {
    await this.page.goto(`${this.product.address}${path}`);
  }

  /** Addresses on a page that begin so, each once. */
  async links(path: string, prefix: string): Promise<string[]> {
    await this.open(path);
    const found = await this.page.$$eval(`main a[href^="${prefix}"]`, (links) =>
      links.map((link) =>
        String((link as unknown as { getAttribute(name: string): string }).getAttribute('href')),
      ),
    );
    return [...new Set(found)];
  }

  /** Types into fields by name; a select takes its option's value, a day its ISO form. */
  async fill(values: Record<string, string>): Promise<void> {
    for (const [name, value] of Object.entries(values)) {
      await this.page.$eval(
        `main [name="${name}"]`,
        (field, text) => {
          (field as unknown as { value: string }).value = text;
        },
        value,
      );
    }
  }

  async tick(selector: string): Promise<void> {
    await this.page.$eval(selector, (box) => {
      (box as unknown as { checked: boolean }).checked = true;
    });
  }

  /** Presses the button of a form and waits for the page that answers. */
  async send(form: string, button = 'button'): Promise<void> {
    const pressed = await this.page.$(`${form} ${button}`);
    if (pressed === null)
      throw new Error(`No button in ${form} on ${this.page.url()}:\n${await this.text()}`);
    await Promise.all([
      this.page.waitForNavigation(),
      pressed.evaluate((element) => (element as unknown as { click(): void }).click()),
    ]);
  }

  /** What stands on the page. */
  text(): Promise<string> {
    return this.page.$eval('main', (main) => (main as unknown as { innerText: string }).innerText);
  }

  /** Reloads until the page says something. */
  async reads(words: string, deadlineMs = 60_000): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    while (!(await this.text()).includes(words)) {
      if (Date.now() > deadline) throw new Error(`"${words}" never came up:\n${await this.text()}`);
      await this.page.reload();
    }
  }

  /** A file behind a link, fetched with this person's session. */
  async download(path: string): Promise<Buffer> {
    const cookies = await this.context.cookies();
    const answer = await fetch(`${this.product.address}${path}`, {
      headers: { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') },
      signal: AbortSignal.timeout(60_000),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  }
}
