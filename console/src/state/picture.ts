import type { Item } from '../api/item.ts'

/** Address of the item's picture when it is one that a page may show: on this server, or on the web. */
export function pictureAddress(image: string | undefined): string | undefined {
  return image !== undefined && /^(?:\/(?![/\\])|https?:\/\/)/i.test(image) ? image : undefined
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
