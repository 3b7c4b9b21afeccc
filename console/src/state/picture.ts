import type { Item } from '../api/item.ts'

/** Address of a picture on this server; pictures elsewhere are not fetched, so that no other host learns of the visit. */
export function pictureAddress(image: string | undefined): string | undefined {
  return image !== undefined && /^\/(?![/\\])/.test(image) ? image : undefined
}

/** Letters and a turn (degrees) for the neutral drawing of an item, the same for the same item. */
export function placeholderOf(item: Item): { readonly letters: string; readonly angle: number } {
  const words = (item.title ?? item.id).match(/[\p{L}\p{N}]+/gu) ?? []
  const letters = words
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('')
  let hash = 7
  for (const unit of item.id) hash = (hash * 31 + (unit.codePointAt(0) ?? 0)) % 9973
  return { letters: letters || '?', angle: (hash % 8) * 45 }
}
