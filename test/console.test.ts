import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from './source.ts'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
)
if (CHROMIUM === undefined) {
  process.stderr.write(
    'The console is not tested in a browser: no chromium here (Debian: apt-get install chromium).\n',
  )
}
const SCREENSHOTS = join(ROOT, 'build', 'screenshots')
const folder = mkdtempSync(join(tmpdir(), 'attune-console-test-'))
let browser: Browser
const servers: ChildProcess[] = []

interface Ready {
  readonly url: string
  readonly secretKey: string
}

/** Starts the real server on a free port; resolves once it serves. */
async function startServer(name: string, ...args: readonly string[]): Promise<Ready> {
  const data = join(folder, name)
  const main = join(ROOT, 'src', 'cli', 'main.mjs')
  const server = spawn(
    process.execPath,
    [main, 'start', '--ready-json', '--port', '0', '--data', data, ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  servers.push(server)
  let said = ''
  server.stderr.on('data', (text: Buffer) => (said += text.toString()))
  for await (const line of createInterface({ input: server.stdout })) {
    return JSON.parse(line) as Ready
  }
  throw new Error(`the server did not start: ${said}`)
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exit = once(server, 'exit')
  server.kill('SIGTERM')
  const late = setTimeout(() => server.kill('SIGKILL'), 10_000)
  await exit
  clearTimeout(late)
}

interface Look {
  readonly width?: number
  readonly colorScheme?: 'light' | 'dark'
}

const faults: string[] = []

/** A fresh tab; what goes wrong in it is collected in `faults`, except what the test expects. */
async function openPage(look: Look = {}, expected = /^$/): Promise<Page> {
  const { width = 1440, colorScheme = 'light' } = look
  const context = await browser.newContext({
    viewport: { width, height: width < 500 ? 780 : 900 },
    colorScheme,
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const note = (text: string): void => void (expected.test(text) || faults.push(text))
  page.on('pageerror', (error) => note(String(error)))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) note(message.text())
  })
  page.on('request', (request) => {
    if (!/^(?:http:\/\/127\.0\.0\.1|http:\/\/localhost|data:|blob:)/.test(request.url())) {
      note(`a request to elsewhere: ${request.url()}`)
    }
  })
  return page
}

const row = (page: Page, placement: string): Locator =>
  page.locator(`[data-placement="${placement}"]`)

async function itemsOf(page: Page, placement: string): Promise<string[]> {
  const items = await row(page, placement).locator('[data-item]').all()
  return Promise.all(items.map(async (item) => (await item.getAttribute('data-item')) ?? ''))
}

async function openShop(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await row(page, 'home-for-you').locator('[data-item]').first().waitFor()
}

/** Waits for the lists that answer an action. */
const answerTo = (page: Page, words: string): Promise<void> =>
  page.getByText(`After you ${words}`).waitFor()

async function accessibilityFaults(page: Page): Promise<unknown> {
  const path = join(ROOT, 'console', 'acceptance', 'accessibility.ts')
  const script = stripTypeScriptTypes(readFileSync(path, 'utf8')).replaceAll(/^export /gm, '')
  return page.evaluate(`(() => { ${script}; return accessibilityFaults() })()`)
}

/** Pixels that the page lets itself be scrolled sideways. */
const sidewaysScroll = (page: Page): Promise<number> =>
  page.evaluate<number>('(scrollTo(9999, scrollY), scrollX)')

/** True when every picture in sight has come, or has failed to. */
const PICTURES_SETTLED = `[...document.images].every((image) => {
  const { top, left } = image.getBoundingClientRect()
  const inSight = image.checkVisibility() && top < innerHeight && left < innerWidth
  return image.complete || !inSight
})`

async function screenshot(page: Page, name: string): Promise<void> {
  await expect.poll(() => page.evaluate<boolean>(PICTURES_SETTLED)).toBe(true)
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
}

async function openFirst(page: Page, placement: string): Promise<{ id: string; title: string }> {
  const item = row(page, placement).locator('[data-item]').first()
  const id = (await item.getAttribute('data-item')) ?? ''
  const link = item.getByRole('link')
  const title = (await link.innerText()).trim()
  await link.click()
  await page.getByRole('heading', { level: 2, name: title }).waitFor()
  await answerTo(page, `viewed ${title}`)
  return { id, title }
}

describe.skipIf(CHROMIUM === undefined)('the console', { timeout: 90_000 }, () => {
  let url = ''

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true })
    const home = join(folder, 'home')
    mkdirSync(home)
    ;[{ url }, browser] = await Promise.all([
      startServer('demo', '--demo'),
      chromium.launch({
        ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
        env: { ...process.env, HOME: home, TMPDIR: folder },
        args: [
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
      }),
    ])
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await Promise.all(servers.map(stop))
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }, 60_000)

  test('changes the lists the moment an item is opened, and says why', async () => {
    const page = await openPage()
    await openShop(page, url)
    const people = page.getByRole('region', { name: /Who is visiting/ }).getByRole('button')
    await people.nth(3).click()
    await row(page, 'recently-viewed').locator('[data-item]').first().waitFor()
    const before = await itemsOf(page, 'recently-viewed')
    const { id, title } = await openFirst(page, 'home-trending')
    expect(before[0]).not.toBe(id)
    expect(await row(page, 'product-similar').innerText()).toContain(title)
    expect(await itemsOf(page, 'home-for-you')).not.toContain(id)
    await page.getByRole('navigation', { name: 'Shop' }).getByRole('link', { name: 'Home' }).click()
    await row(page, 'recently-viewed').locator('[data-item]').first().waitFor()
    const viewed = row(page, 'recently-viewed').locator('[data-item]').first()
    expect(await viewed.getAttribute('data-item')).toBe(id)
    expect(await viewed.innerText()).toContain('New here')
  })

  test('knows a new visitor after one click', async () => {
    const page = await openPage()
    await openShop(page, url)
    await page.getByRole('button', { name: /^A new visitor/ }).click()
    await row(page, 'home-for-you')
      .getByText(/^Filled by/)
      .waitFor()
    await row(page, 'recently-viewed').getByText('Not enough data yet.').waitFor()
    await page.getByRole('complementary').getByText('Not enough data yet.').first().waitFor()
    const before = await itemsOf(page, 'home-for-you')
    expect(before.length).toBeGreaterThan(0)
    const { title } = await openFirst(page, 'home-trending')
    expect(await itemsOf(page, 'home-for-you')).not.toEqual(before)
    expect(await row(page, 'home-for-you').innerText()).toContain(`because you viewed ${title}`)
    expect(await row(page, 'home-for-you').locator('[data-moved]').count()).toBeGreaterThan(0)
    expect(await page.getByText(/^After you viewed/).innerText()).toMatch(/For you: \d+ new/)
    await screenshot(page, 'new-visitor-1440-light')
  })

  test('shows the profile and the fate of the event, joined to the decision that showed the item', async () => {
    const page = await openPage()
    await openShop(page, url)
    const { title } = await openFirst(page, 'home-trending')
    const inside = page.getByRole('complementary')
    const own = inside.locator('[data-own]').filter({ hasText: title }).first()
    await own.waitFor()
    expect(await own.innerText()).toMatch(/Product Viewed[\s\S]*Trending, place 1[\s\S]*applied/)
    await expect.poll(() => inside.innerText()).toMatch(new RegExp(`viewed\\s+${title}`))
    await inside.getByRole('img', { name: /events and .* decisions per second/ }).waitFor()
  })

  test('takes what was skipped out of the list', async () => {
    const page = await openPage()
    await openShop(page, url)
    const [skipped] = await itemsOf(page, 'home-for-you')
    const card = row(page, 'home-for-you').locator('[data-item]').first()
    await card.getByRole('button', { name: /^Not interested in/ }).click()
    await answerTo(page, 'skipped')
    expect(await itemsOf(page, 'home-for-you')).not.toContain(skipped)
  })

  test('fills a cart, offers what goes with it, and buys', async () => {
    const page = await openPage()
    await openShop(page, url)
    const { title } = await openFirst(page, 'home-trending')
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await answerTo(page, `added ${title}`)
    await page.getByRole('link', { name: /Cart.*1 in the cart/ }).click()
    await row(page, 'cart-addons').locator('[data-item]').first().waitFor()
    expect(await row(page, 'cart-addons').innerText()).toContain(`${title} in your cart`)
    await page.getByRole('button', { name: 'Buy now' }).click()
    await answerTo(page, 'bought the cart')
    await page.getByText('Thank you, bought.').waitFor()
    const history = page.getByRole('complementary').getByRole('list')
    await expect.poll(async () => (await history.allInnerTexts()).join('\n')).toContain('bought')
  })

  test('shows the parts of a score, whose shares are the whole', async () => {
    const page = await openPage()
    await openShop(page, url)
    await page.getByRole('button', { name: /^Why/ }).first().click()
    const details = page.getByRole('dialog')
    await details.getByText(/^Place 1, score/).waitFor()
    for (const part of ['Reasons', 'Sources']) {
      const section = details.getByRole('region', { name: part })
      const shares = (await section.locator('dd').allInnerTexts()).map(Number.parseFloat)
      const sum = shares.reduce((total, share) => total + share, 0)
      // Each is rounded to a whole per cent.
      expect(Math.abs(sum - 100), part).toBeLessThanOrEqual(shares.length / 2)
    }
    await page.keyboard.press('Escape')
    await details.waitFor({ state: 'detached' })
  })

  test('pauses and resumes the simulated traffic', async () => {
    const page = await openPage()
    await openShop(page, url)
    await page.getByRole('button', { name: 'Pause traffic' }).click()
    await page.getByRole('button', { name: 'Resume traffic' }).click()
    await page.getByRole('button', { name: 'Pause traffic' }).waitFor()
    await page.getByText('Simulated shop').waitFor()
  })

  test('is used with the keyboard alone, with the focus in sight', async () => {
    const page = await openPage()
    await openShop(page, url)
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').innerText()).toBe('Skip to the shop')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    const focus = page.locator(':focus-visible')
    expect(await focus.innerText()).toBe('Home')
    const outline = await page.evaluate<string>(
      'getComputedStyle(document.activeElement).outlineStyle',
    )
    expect(outline).not.toBe('none')
    const link = row(page, 'home-trending').getByRole('link').first()
    const title = (await link.innerText()).trim()
    await link.press('Enter')
    await answerTo(page, `viewed ${title}`)
    expect(await page.locator(':focus').innerText()).toBe(title)
  })

  test.each([
    [1440, 'light'],
    [1440, 'dark'],
    [768, 'light'],
    [768, 'dark'],
    [360, 'light'],
    [360, 'dark'],
  ] as const)('is readable at %i pixels, %s', async (width, colorScheme) => {
    const page = await openPage({ width, colorScheme })
    await openShop(page, url)
    const check = async (name: string): Promise<void> => {
      expect(await sidewaysScroll(page), name).toBe(0)
      expect(await accessibilityFaults(page), name).toEqual([])
      await screenshot(page, `${name}-${width}-${colorScheme}`)
    }
    await check('home')
    if (width < 1000) {
      await page.getByText('Inside the engine').click()
      await page.getByRole('complementary').waitFor()
      await check('engine')
      await page.getByText('Shop', { exact: true }).click()
    }
    await openFirst(page, 'home-trending')
    await check('product')
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await answerTo(page, 'added')
    await page.getByRole('link', { name: /Cart.*in the cart/ }).click()
    await page.getByRole('button', { name: 'Buy now' }).waitFor()
    await check('cart')
  })

  test('asks for the secret key where the server is no demo, and says what is missing', async () => {
    const shop = await startServer('shop')
    const page = await openPage({}, /401/)
    await page.goto(shop.url)
    const field = page.getByLabel('Secret key')
    await field.fill('sk_nobody')
    await field.press('Enter')
    await page.getByText('This key is not known here.').waitFor()
    await screenshot(page, 'key-1440-light')
    await field.fill(shop.secretKey)
    await field.press('Enter')
    await row(page, 'home-for-you').getByText('Not enough data yet.').waitFor()
    await page.getByLabel('User id').fill('nobody')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByRole('complementary').getByText('Nobody is known by this id.').waitFor()
    expect(await page.getByText('Simulated shop').count()).toBe(0)
    await screenshot(page, 'empty-1440-light')
    await page.reload()
    await page.getByRole('heading', { name: 'nobody' }).waitFor()
    await page.getByRole('button', { name: 'Leave' }).click()
    await field.waitFor()
  })

  test('did all that without an error in the browser or a request to elsewhere', () => {
    expect(faults).toEqual([])
  })
})
