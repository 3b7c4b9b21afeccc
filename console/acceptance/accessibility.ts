/**
 * Runs inside a page: names, landmarks, references and contrast, as the Web Content Accessibility Guidelines 2.2
 * ask for at level AA. Small, and no replacement for listening to the page with a screen reader.
 *
 * @returns one line per fault; empty when none was found
 */
export function accessibilityFaults(): string[] {
  return [...landmarkFaults(), ...nameFaults(), ...referenceFaults(), ...contrastFaults()]
}

function landmarkFaults(): string[] {
  const counts = { main: 1, header: 1, h1: 1, aside: 1 }
  const inBody = (selector: string): Element[] =>
    [...document.querySelectorAll(selector)].filter(
      (element) => selector !== 'header' || !element.closest('section, article, main, aside'),
    )
  const faults = Object.entries(counts)
    .filter(([selector, wanted]) => inBody(selector).length !== wanted)
    .map(
      ([selector, wanted]) => `expected ${wanted} <${selector}>, found ${inBody(selector).length}`,
    )
  if (!document.documentElement.lang) faults.push('the page does not say its language')
  if (!document.title) faults.push('the page has no title')
  return faults
}

function describe(element: Element): string {
  const text = (element.textContent ?? '').trim().slice(0, 40)
  return `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> ${text}`
}

function isVisible(element: Element): boolean {
  return element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
}

function nameOf(element: Element): string {
  const by = (element.getAttribute('aria-labelledby') ?? '').split(/\s+/).filter(Boolean)
  const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : []
  const texts = [
    ...by.map((id) => document.getElementById(id)?.textContent),
    element.getAttribute('aria-label'),
    ...labels.map((label) => label.textContent),
    element instanceof HTMLInputElement ? '' : element.textContent,
    element.getAttribute('title'),
  ]
  return texts.join(' ').trim()
}

function nameFaults(): string[] {
  const controls = 'a[href], button, input, select, textarea, [tabindex="0"], section, aside, nav'
  const unnamed = [...document.querySelectorAll(controls)]
    .filter((element) => isVisible(element) && nameOf(element) === '')
    .map((element) => `without a name: ${describe(element)}`)
  const pictures = [...document.querySelectorAll('img:not([alt]), [role=img]:not([aria-label])')]
  return [...unnamed, ...pictures.map((element) => `picture without alt: ${describe(element)}`)]
}

function referenceFaults(): string[] {
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id)
  const doubled = ids.filter((id, place) => ids.indexOf(id) !== place)
  const lost = [...document.querySelectorAll('[aria-labelledby], [aria-describedby]')].flatMap(
    (element) =>
      ['aria-labelledby', 'aria-describedby']
        .flatMap((name) => (element.getAttribute(name) ?? '').split(/\s+/).filter(Boolean))
        .filter((id) => !document.getElementById(id)),
  )
  return [
    ...doubled.map((id) => `two elements with the id ${id}`),
    ...lost.map((id) => `a label refers to ${id}, which is not there`),
  ]
}

type Rgba = [number, number, number, number]

/** Any CSS colour as sRGB, by drawing one pixel of it. */
function reader(): (color: string) => Rgba {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 1
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const known = new Map<string, Rgba>()
  return (color) => {
    const before = known.get(color)
    if (before || !context) return before ?? [0, 0, 0, 0]
    context.clearRect(0, 0, 1, 1)
    context.fillStyle = color
    context.fillRect(0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data
    known.set(color, [red, green, blue, alpha / 255])
    return [red, green, blue, alpha / 255]
  }
}

function over([red, green, blue, alpha]: Rgba, [r, g, b]: Rgba): Rgba {
  const mix = (top: number, under: number): number => top * alpha + under * (1 - alpha)
  return [mix(red, r), mix(green, g), mix(blue, b), 1]
}

/** Relative luminance of WCAG 2.2. */
function luminance([red, green, blue]: Rgba): number {
  const linear = (value: number): number => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

function contrast(one: Rgba, other: Rgba): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

function groundOf(element: Element, read: (color: string) => Rgba): Rgba {
  const layers: Rgba[] = []
  for (let at: Element | null = element; at; at = at.parentElement) {
    const layer = read(getComputedStyle(at).backgroundColor)
    layers.push(layer)
    if (layer[3] === 1) break
  }
  return layers.reduceRight((ground, layer) => over(layer, ground), [255, 255, 255, 1])
}

function contrastFaults(): string[] {
  const read = reader()
  const faults = new Set<string>()
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement
    if (!element || !texts.currentNode.textContent?.trim() || !isVisible(element)) continue
    if (element.closest('script, style, noscript, svg, :disabled')) continue
    const { color, fontSize, fontWeight } = getComputedStyle(element)
    const ground = groundOf(element, read)
    const size = Number.parseFloat(fontSize)
    const large = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700)
    const ratio = contrast(over(read(color), ground), ground)
    if (ratio < (large ? 3 : 4.5)) {
      faults.add(`contrast ${ratio.toFixed(2)}: ${color} of ${describe(element)}`)
    }
  }
  return [...faults]
}
