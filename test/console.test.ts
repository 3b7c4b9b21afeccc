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
/** As many as the page needs to have something in every row. */
const SMALL_DEMO = { ATTUNE_DEMO_PEOPLE: '300', ATTUNE_DEMO_ITEMS: '300' }
const PATIENCE = { timeout: 10_000 }
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
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...SMALL_DEMO } },
  )
  servers.push(server)
  let said = ''
  server.stderr.on('data', (text: Buffer) => (said += text.toString()))
  for await (const line of createInterface({ input: server.stdout })) {
    return JSON.parse(line) as Ready
  }
  throw new Error(`the server did not start: ${said}`)
}

/** Ends it at once: its data goes with it, and how a server stops in order is tested elsewhere. */
async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exit = once(server, 'exit')
  server.kill('SIGKILL')
  await exit
}

const WIDE = { width: 1440, height: 900 }
const NARROW = { width: 360, height: 780 }
const MIDDLE = { width: 768, height: 900 }

const faults: string[] = []

/** A fresh tab; what goes wrong in it is collected in `faults`, except what the test expects. */
async function openPage(expected = /^$/): Promise<Page> {
  const context = await browser.newContext({ viewport: WIDE, reducedMotion: 'reduce' })
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

const firstOf = (page: Page, placement: string): Locator =>
  row(page, placement).locator('[data-item]').first()

const itemsOf = (page: Page, placement: string): Promise<string[]> =>
  row(page, placement)
    .locator('[data-item]')
    .evaluateAll((items) => items.map((item) => item.getAttribute('data-item') ?? ''))

/** Goes to the first page of the shop as one of the people, 0 being somebody new. */
async function visitAs(page: Page, person: number): Promise<void> {
  await page.setViewportSize(WIDE)
  const shop = page.getByRole('navigation', { name: 'Shop' })
  await shop.getByRole('link', { name: 'Home' }).click()
  const people = page.getByRole('region', { name: /Who is visiting/ }).getByRole('button')
  await people.nth(person).click()
  await firstOf(page, 'home-trending').waitFor()
}

async function goToCart(page: Page): Promise<void> {
  await page.getByRole('link', { name: /Cart.*in the cart/ }).click()
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
  await expect.poll(() => page.evaluate<boolean>(PICTURES_SETTLED), PATIENCE).toBe(true)
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
}

/** True when the page has taken on the colours, and no transition to them is under way. */
const coloursSettled = (scheme: string): string =>
  `document.documentElement.dataset.mantineColorScheme === '${scheme}' &&
  document.getAnimations().length === 0`

interface Look {
  readonly size: { readonly width: number; readonly height: number }
  readonly colorScheme: 'light' | 'dark'
}

/** Every width and both colour schemes; what sticks out depends on the one, what is readable on the other. */
const LOOKS: readonly Look[] = [
  { size: WIDE, colorScheme: 'light' },
  { size: MIDDLE, colorScheme: 'light' },
  { size: NARROW, colorScheme: 'light' },
  { size: NARROW, colorScheme: 'dark' },
  { size: WIDE, colorScheme: 'dark' },
]

/** Looks at the view at every width, light and dark: nothing sticks out, everything is named and readable. */
async function readableEverywhere(page: Page, view: string, looks = LOOKS): Promise<void> {
  for (const { size, colorScheme } of looks) {
    const name = `${view}-${size.width}-${colorScheme}`
    await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme })
    await page.evaluate('scrollTo(0, 0)')
    const settled = coloursSettled(colorScheme)
    await expect.poll(() => page.evaluate<boolean>(settled), PATIENCE).toBe(true)
    expect(await sidewaysScroll(page), name).toBe(0)
    expect(await accessibilityFaults(page), name).toEqual([])
    await screenshot(page, name)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(WIDE)
}

async function openFirst(page: Page, placement: string): Promise<{ id: string; title: string }> {
  const item = firstOf(page, placement)
  const id = (await item.getAttribute('data-item')) ?? ''
  const link = item.getByRole('link')
  const title = (await link.innerText()).trim()
  await link.click()
  await page.getByRole('heading', { level: 2, name: title }).waitFor()
  await answerTo(page, `viewed ${title}`)
  return { id, title }
}

describe.skipIf(CHROMIUM === undefined)('the console', { timeout: 60_000 }, () => {
  let url = ''
  let shop: Ready
  /** One tab for all, as each page load costs as much as a whole test. */
  let page: Page

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true })
    const home = join(folder, 'home')
    mkdirSync(home)
    ;[{ url }, shop, browser] = await Promise.all([
      startServer('demo', '--demo'),
      startServer('shop'),
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
    page = await openPage()
    await page.goto(url)
    await firstOf(page, 'home-for-you').waitFor()
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await Promise.all(servers.map(stop))
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }, 60_000)

  test('changes the lists the moment an item is opened, and says why', async () => {
    await visitAs(page, 3)
    await firstOf(page, 'recently-viewed').waitFor()
    const before = await itemsOf(page, 'recently-viewed')
    const { id, title } = await openFirst(page, 'home-trending')
    expect(before[0]).not.toBe(id)
    expect(await row(page, 'product-similar').innerText()).toContain(title)
    expect(await itemsOf(page, 'home-for-you')).not.toContain(id)
    await page.getByRole('navigation', { name: 'Shop' }).getByRole('link', { name: 'Home' }).click()
    const viewed = firstOf(page, 'recently-viewed')
    await viewed.waitFor()
    expect(await viewed.getAttribute('data-item')).toBe(id)
    expect(await viewed.innerText()).toContain('New here')
  })

  test('knows a new visitor after one click', async () => {
    await visitAs(page, 0)
    await row(page, 'home-for-you')
      .getByText(/^Filled by/)
      .waitFor()
    await row(page, 'recently-viewed').getByText('Not enough data yet.').waitFor()
    await page.getByRole('complementary').getByText('Nobody is known by this id.').waitFor()
    const before = await itemsOf(page, 'home-for-you')
    expect(before.length).toBeGreaterThan(0)
    const { title } = await openFirst(page, 'home-trending')
    expect(await itemsOf(page, 'home-for-you')).not.toEqual(before)
    expect(await row(page, 'home-for-you').innerText()).toContain(`because you viewed ${title}`)
    expect(await row(page, 'home-for-you').locator('[data-moved]').count()).toBeGreaterThan(0)
    expect(await page.getByText(/^After you viewed/).innerText()).toMatch(/For you: \d+ new/)
    await screenshot(page, 'new-visitor-1440-light')
  })

  test.each(['home-for-you', 'home-trending'])(
    'takes what was skipped out of %s, and says so',
    async (placement) => {
      await visitAs(page, 1)
      const item = firstOf(page, placement)
      await item.waitFor()
      const skipped = await item.getAttribute('data-item')
      const title = (await item.getByRole('link').innerText()).trim()
      await item.getByRole('button', { name: /^Not interested in/ }).click()
      await answerTo(page, `skipped ${title}`)
      await row(page, placement).getByText(`Removed ${title}`).waitFor()
      for (const each of ['home-for-you', 'home-trending', 'home-new', 'recently-viewed']) {
        expect(await itemsOf(page, each), each).not.toContain(skipped)
      }
    },
  )

  test('fills a cart, offers what goes with it only while something is in it, and buys', async () => {
    await visitAs(page, 2)
    await goToCart(page)
    await page.getByText('Put something in the cart to see what goes with it.').waitFor()
    await firstOf(page, 'home-for-you').waitFor()
    expect(await row(page, 'cart-addons').count()).toBe(0)
    await visitAs(page, 2)
    const { title } = await openFirst(page, 'home-trending')
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await answerTo(page, `added ${title}`)
    await goToCart(page)
    await firstOf(page, 'cart-addons').waitFor()
    expect(await row(page, 'cart-addons').innerText()).toContain(`${title} in your cart`)
    await page.getByRole('button', { name: 'Buy now' }).click()
    await answerTo(page, 'bought the cart')
    await page.getByText('Thank you, bought.').waitFor()
    expect(await row(page, 'cart-addons').count()).toBe(0)
    const history = page.getByRole('complementary').getByRole('list')
    await expect
      .poll(async () => (await history.allInnerTexts()).join('\n'), PATIENCE)
      .toContain('bought')
  })

  test('says what a score is made of, in shares of the whole, beside the item', async () => {
    await visitAs(page, 3)
    const details = page.getByRole('dialog')
    const reasons = details.getByRole('region', { name: 'Reasons' })
    await row(page, 'home-for-you').getByRole('button', { name: /^Why/ }).first().click()
    await details.getByText(/^Place 1, score/).waitFor()
    await details.getByText('The whole score comes from one source, “For you”.').waitFor()
    const shares = (await reasons.locator('dd').allInnerTexts()).map(Number.parseFloat)
    expect(shares.length).toBeGreaterThan(1)
    const sum = shares.reduce((total, share) => total + share, 0)
    // Each is rounded to a whole per cent.
    expect(Math.abs(sum - 100)).toBeLessThanOrEqual(shares.length / 2)
    await page.keyboard.press('Escape')
    await details.waitFor({ state: 'detached' })

    await page.setViewportSize(NARROW)
    const item = firstOf(page, 'home-trending')
    await item.getByRole('button', { name: /^Why/ }).click()
    await details.getByText('One reason alone: trending now.').waitFor()
    expect(await reasons.count()).toBe(0)
    const [explained, popover] = await Promise.all([item.boundingBox(), details.boundingBox()])
    const foot = (explained?.y ?? 0) + (explained?.height ?? 0)
    expect(popover?.y).toBeGreaterThan(foot - 8)
    await page.keyboard.press('Escape')
    await page.setViewportSize(WIDE)
  })

  test('says that there is no such item, and where to go from there', async () => {
    await page.goto(`${url}/item/nothing-here`)
    await page.getByText('No such item.').waitFor()
    expect(await page.getByRole('button', { name: 'Add to cart' }).count()).toBe(0)
    await page.getByRole('main').getByRole('link', { name: 'Home' }).last().click()
    await firstOf(page, 'home-trending').waitFor()
    expect(await page.getByText('No such item.').count()).toBe(0)
  })

  test('pauses and resumes the simulated traffic, and does not call it live meanwhile', async () => {
    const state = page.getByRole('banner').getByRole('status')
    await page.getByText('Simulated shop').waitFor()
    await page.getByRole('button', { name: 'Pause traffic' }).click()
    await page.getByRole('button', { name: 'Resume traffic' }).waitFor()
    expect(await state.innerText()).toBe('Traffic paused')
    await page.getByRole('button', { name: 'Resume traffic' }).click()
    await page.getByRole('button', { name: 'Pause traffic' }).waitFor()
    expect(await state.innerText()).toBe('Live')
  })

  test('is readable at every width, light and dark', async () => {
    await visitAs(page, 3)
    await readableEverywhere(page, 'home')
    await page.setViewportSize(MIDDLE)
    await page.getByText('Inside the engine').click()
    await page.getByRole('complementary').waitFor()
    await readableEverywhere(
      page,
      'engine',
      LOOKS.filter(({ size }) => size !== WIDE),
    )
    await page.setViewportSize(MIDDLE)
    await page.getByText('Shop', { exact: true }).click()
    await page.setViewportSize(WIDE)
    await openFirst(page, 'home-trending')
    await readableEverywhere(page, 'product')
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await answerTo(page, 'added')
    await goToCart(page)
    await page.getByRole('button', { name: 'Buy now' }).waitFor()
    await readableEverywhere(page, 'cart')
  })

  test('shows the profile and the fate of the event, joined to the decision that showed the item', async () => {
    await visitAs(page, 4)
    const { title } = await openFirst(page, 'home-trending')
    const inside = page.getByRole('complementary')
    const own = inside.locator('[data-own]').filter({ hasText: title }).first()
    await own.waitFor()
    expect(await own.innerText()).toMatch(/Product Viewed[\s\S]*Trending, place 1[\s\S]*applied/)
    await expect.poll(() => inside.innerText(), PATIENCE).toMatch(new RegExp(`viewed\\s+${title}`))
    await inside.getByRole('img', { name: /events and .* decisions per second/ }).waitFor()
  })

  test('shows that the profile goes on below, until its end is reached', async () => {
    await visitAs(page, 3)
    const profile = page.getByRole('complementary').locator('section').first()
    await profile.getByText('more', { exact: true }).waitFor()
    await profile.getByRole('group').press('End')
    await profile.getByText('more', { exact: true }).waitFor({ state: 'detached' })
  })

  test('is used with the keyboard alone, with the focus in sight', async () => {
    await page.setViewportSize(NARROW)
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.goto(url)
    await firstOf(page, 'home-trending').waitFor()
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
    expect(await accessibilityFaults(page)).toEqual([])
  })

  test('asks for the secret key where the server is no demo, and says what is missing', async () => {
    const other = await openPage(/401/)
    await other.goto(shop.url)
    const field = other.getByLabel('Secret key')
    await field.fill('sk_nobody')
    await field.press('Enter')
    await other.getByText('This key is not known here.').waitFor()
    await screenshot(other, 'key-1440-light')
    await field.fill(shop.secretKey)
    await field.press('Enter')
    await row(other, 'home-for-you').getByText('Not enough data yet.').waitFor()
    await other.getByLabel('User id').fill('nobody')
    await other.getByRole('button', { name: 'Show' }).click()
    await other.getByRole('complementary').getByText('Nobody is known by this id.').waitFor()
    expect(await other.getByText('Simulated shop').count()).toBe(0)
    await screenshot(other, 'empty-1440-light')
    await other.reload()
    await other.getByRole('heading', { name: 'nobody' }).waitFor()
    await other.getByRole('button', { name: 'Leave' }).click()
    await field.waitFor()
  })

  test('did all that without an error in the browser or a request to elsewhere', () => {
    expect(faults).toEqual([])
  })
})
