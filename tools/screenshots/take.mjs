#!/usr/bin/env node
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { createStory } from './story.mjs';

/**
 * Takes the pictures of the console for the README: `node tools/screenshots/take.mjs`, beside a running `npm start` whose Extole is the
 * simulator. Sends it a few minutes of traffic with all that can happen to an event in it.
 */
const ROOT = resolve(import.meta.dirname, '..', '..');
const IMAGES = join(ROOT, 'docs', 'images');
const CHROMIUM = '/usr/bin/chromium';
const DESKTOP = { width: 1_180, height: 860 };
const PHONE = { width: 375, height: 812 };

const { CONSOLE_PORT = '3300', INGEST_PORT = '3000', EXTOLE_SIMULATOR_PORT = '3400', TRAFFIC_SECONDS = '240' } = process.env;
const console_ = `http://localhost:${CONSOLE_PORT}`;

const story = createStory({
  ingest: `http://localhost:${INGEST_PORT}`,
  simulator: `http://localhost:${EXTOLE_SIMULATOR_PORT}`,
  console: console_,
});

mkdirSync(IMAGES, { recursive: true });
await story.begin();
await story.traffic(Number(TRAFFIC_SECONDS));
const running = story.traffic(60);
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
await take('console-overview-light', { scheme: 'light', hash: '#/' });
await take('console-find-light', { scheme: 'light', find: story.duplicate });
await take('console-find-phone-dark', { scheme: 'dark', size: PHONE, find: story.deadLetter });
await take('console-dead-letters-light', {
  scheme: 'light',
  hash: '#/dead-letters',
  press: 'Preview a redrive',
  until: 'Preview again',
});
await take('console-mapping-dark', { scheme: 'dark', hash: '#/playground' });
await story.stopSource('Extole has asked us to wait until 14:00');
await running;
await take('console-overview-stopped-dark', { scheme: 'dark', hash: '#/' });
await story.resumeSource();
await browser.close();

async function take(name, { scheme, size = DESKTOP, hash = '', find, press, until }) {
  const page = await browser.newPage({ viewport: size, colorScheme: scheme });
  await page.goto(`${console_}/${hash}`);
  if (find !== undefined) {
    await page.getByRole('searchbox').fill(find);
    await page.getByRole('searchbox').press('Enter');
    await page.getByRole('article').waitFor();
  }
  await page.locator('.loading').waitFor({ state: 'detached' });
  if (press !== undefined) {
    await page.getByRole('button', { name: press }).first().click();
    await page.getByRole('button', { name: until }).first().waitFor({ timeout: 60_000 });
  }
  if (hash === '#/') await page.waitForFunction(() => globalThis.document.querySelectorAll('.chart canvas').length === 5);
  // The caret blinks and the pointer's place is arbitrary: neither belongs in a picture.
  await page.screenshot({ path: join(IMAGES, `${name}.png`), caret: 'hide', animations: 'disabled' });
  await page.close();
  console.log(`docs/images/${name}.png`);
}
