import { useLayoutEffect, useRef, type RefObject } from 'react'

/**
 * Lets the children of a row glide from their old place to the new one when their order changes. A child is
 * known by its `data-move-id`. Nothing moves when the visitor prefers reduced motion.
 */
export function useMoveAnimation(order: string): RefObject<HTMLUListElement | null> {
  const row = useRef<HTMLUListElement>(null)
  const places = useRef(new Map<string, number>())
  useLayoutEffect(() => {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    const next = new Map<string, number>()
    for (const child of row.current?.children ?? []) {
      if (!(child instanceof HTMLElement)) continue
      const id = child.dataset['moveId'] ?? ''
      const was = places.current.get(id)
      next.set(id, child.offsetLeft)
      if (still || was === undefined || was === child.offsetLeft) continue
      child.animate(
        [{ transform: `translateX(${was - child.offsetLeft}px)` }, { transform: 'none' }],
        { duration: 380, easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)' },
      )
    }
    places.current = next
  }, [order])
  return row
}
