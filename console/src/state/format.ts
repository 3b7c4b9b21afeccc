import { isWeightedKey } from './feature.ts'

/** "€12.90", "12.90" without a known currency, or an empty text without a price. */
export function formatPrice(price: number | undefined, currency: string | undefined): string {
  if (price === undefined || !Number.isFinite(price)) return ''
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  if (!currency) return price.toLocaleString('en', digits)
  try {
    return price.toLocaleString('en', { style: 'currency', currency, ...digits })
  } catch {
    return `${price.toLocaleString('en', digits)} ${currency}`
  }
}

/** "0.8 ms", "12 ms", "1.4 s". */
export function formatDuration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** "now", "12 s ago", "5 min ago", "3 h ago", "2 d ago". */
export function formatAgo(time: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - time) / 1000))
  if (seconds < 2) return 'now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

/** Local wall clock, "14:03:09". */
export function formatClock(time: number): string {
  return new Date(time).toLocaleTimeString('en-GB')
}

export function formatShare(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** "home_for-you" or "viewsLast7d" as words: "Home for you", "Views last 7d". */
export function formatName(name: string): string {
  const words = name
    .replaceAll(/[_\-.]+/g, ' ')
    .replaceAll(/([a-z])([A-Z0-9])/g, '$1 $2')
    .trim()
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A value of unknown shape as short text. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'number') {
    if (value !== 0 && Math.abs(value) < 0.01) return value > 0 ? '< 0.01' : '> −0.01'
    return Number.isInteger(value)
      ? value.toLocaleString('en')
      : String(Number(value.toPrecision(4)))
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(formatValue).join(', ')
  return isWeightedKey(value) ? `${value.key} ${formatShare(value.weight)}` : JSON.stringify(value)
}
