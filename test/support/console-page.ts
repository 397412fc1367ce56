import type { Locator, Page } from 'playwright-core';
import { launchChromium } from '../sdk/browser/launch-chromium.ts';

/** Where every view is; a timeline's address is found by a search. */
export const VIEWS = {
  overview: '#/',
  find: '#/find',
  'dead letters': '#/dead-letters',
  replays: '#/replays',
  deletions: '#/deletions',
  mapping: '#/playground',
  audit: '#/audit',
} as const;

/** The console's page in a browser of its own, and what a person does with it. */
export class ConsolePage {
  /** What the browser complained about: scripts that fail, and what the Content-Security-Policy forbids. */
  readonly complaints: string[] = [];
  /** What the page asked of any other address than the console's. */
  readonly strangers: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly url: string,
  ) {
    page.setDefaultTimeout(20_000);
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(url)) this.strangers.push(request.url());
    });
  }

  static async open(url: string): Promise<ConsolePage> {
    const page = await (await launchChromium()).newPage();
    const opened = new ConsolePage(page, url);
    await opened.goToFirstPage();
    return opened;
  }

  /** As somebody who types the console's address. */
  async goToFirstPage(): Promise<void> {
    await this.page.goto('about:blank');
    await this.page.goto(this.url);
  }

  async goTo(hash: string): Promise<void> {
    await this.page.goto(`${this.url}/${hash}`);
  }

  /** Starts at the first page, types what one has in hand, and waits for the answer about that event. */
  async find(term: string): Promise<Locator> {
    await this.goToFirstPage();
    await this.page.getByRole('searchbox', { name: 'Find a user or a message id' }).fill(term);
    await this.page.keyboard.press('Enter');
    const answer = this.page.getByRole('article');
    await answer.waitFor();
    return answer;
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  link(name: string | RegExp): Locator {
    return this.page.getByRole('link', { name });
  }

  /** Waits until the page says so; what is shown refreshes by itself. */
  async untilSaid(text: string | RegExp, within: Page | Locator = this.page): Promise<void> {
    await within.getByText(text).first().waitFor();
  }

  /** Presses a button that asks first, and confirms. */
  async confirm(button: string | RegExp, confirmation: string): Promise<void> {
    await this.button(button).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByRole('button', { name: confirmation }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** How much wider the content is than the window, in CSS pixels. */
  async overflow(): Promise<number> {
    return this.page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  }

  /** Waits until what the selector names has the focus. */
  async untilFocused(selector: string): Promise<void> {
    await this.page.locator(`${selector}:focus`).waitFor();
  }
}
