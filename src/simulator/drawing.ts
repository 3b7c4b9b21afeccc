import { BRANDS, CATEGORIES, COLOURS } from './assortment.ts'
import { hashedUniform } from './chance.ts'
import { GLYPHS } from './glyphs.ts'
import type { Product } from './product.ts'

function channels(paint: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(paint.slice(at, at + 2), 16))
}

/** Mixes two paints `#rrggbb`; share 0 is the first, 1 the second. */
function mix(paint: string, other: string, share: number): string {
  const target = channels(other)
  const mixed = channels(paint).map((value, place) =>
    Math.round(value + ((target[place] ?? 0) - value) * share),
  )
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
}

/**
 * The picture of a product: the shape of its category in its colour on a soft card of its own, so that
 * it reads on light and dark pages. Well-formed SVG of one to two kilobytes with an accessible title.
 */
export function drawProduct(seed: number, product: Product): string {
  const paint = COLOURS[product.colour]?.paint ?? '#888888'
  const contrast =
    COLOURS[(product.colour + 3 + (product.brand % 5)) % COLOURS.length]?.paint ?? paint
  const glyph = GLYPHS[CATEGORIES[product.category]?.slug ?? '']
  const paints = {
    main: paint,
    dark: mix(paint, '#000000', 0.28),
    light: mix(paint, '#ffffff', 0.5),
    contrast,
  }
  const tilt = Math.round((hashedUniform(seed, product.number, 1) - 0.5) * 10)
  const scale = (0.7 + 0.1 * hashedUniform(seed, product.number, 2)).toFixed(2)
  const title = escapeXml(`${product.title} (simulated product)`)
  const brand = escapeXml(BRANDS[product.brand] ?? '')
  const card = mix(paint, '#ffffff', 0.86)
  const disc = mix(paint, '#ffffff', 0.74)
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" role="img" aria-labelledby="t">',
    `<title id="t">${title}</title>`,
    `<rect width="240" height="240" rx="20" fill="${card}"/>`,
    `<circle cx="120" cy="112" r="92" fill="${disc}"/>`,
    `<ellipse cx="120" cy="192" rx="70" ry="8" fill="${mix(paint, '#000000', 0.5)}" opacity=".16"/>`,
    `<g transform="translate(120 112) rotate(${tilt}) scale(${scale}) translate(-120 -120)">`,
    glyph?.(paints) ?? '',
    '</g>',
    `<text x="120" y="226" text-anchor="middle" font-family="system-ui,sans-serif" font-size="15" fill="${mix(paint, '#000000', 0.55)}">${brand}</text>`,
    '</svg>',
  ].join('')
}
