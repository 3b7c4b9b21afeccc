import { expect, test } from 'vitest'
import { createWorld } from './world.ts'

const world = createWorld({ seed: 11, people: 1, items: 200, start: Date.UTC(2025, 0, 1), days: 1 })

/** Names of elements that are opened and not closed, or closed and not opened; no regular XML is left out. */
function unbalanced(svg: string): string[] {
  const open: string[] = []
  const faults: string[] = []
  for (const [, close, name = '', self] of svg.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (self === '/') continue
    if (close === '/') {
      if (open.pop() !== name) faults.push(name)
    } else open.push(name)
  }
  return [...faults, ...open]
}

test.each(world.products.map(({ id, title }) => [id, title] as const))(
  '%s has a well-formed picture with its title',
  (id, title) => {
    const svg = world.drawItem(id) ?? ''
    expect(svg.length).toBeGreaterThan(700)
    expect(svg.length).toBeLessThan(2_048)
    expect(svg).not.toMatch(/undefined|NaN|&(?!amp;|lt;|gt;|quot;|#39;)/)
    expect(unbalanced(svg)).toEqual([])
    const told = /<title id="t">(.*?)<\/title>/.exec(svg)?.[1]
    expect(told?.replaceAll('&amp;', '&').replaceAll('&#39;', "'")).toBe(
      `${title} (simulated product)`,
    )
  },
)

test('every category has a shape of its own', () => {
  const shapes = world.products
    .slice(0, 40)
    .map(({ id }) => (world.drawItem(id) ?? '').replaceAll(/#[0-9a-f]{6}|<title.*?<\/title>/g, ''))
  expect(
    new Set(shapes.map((shape) => /translate\(-120 -120\)">(.*)<\/g>/.exec(shape)?.[1])).size,
  ).toBe(40)
})
