import { useCallback, useState, type RefCallback } from 'react'

/** Whether there is more to scroll to below what an element shows, kept up to date as it or its content changes. */
export function useMoreBelow(): readonly [RefCallback<HTMLElement>, boolean] {
  const [more, setMore] = useState(false)
  const attach = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined
    const look = (): void => {
      setMore(element.scrollHeight - element.clientHeight - element.scrollTop > 4)
    }
    const sizes = new ResizeObserver(look)
    sizes.observe(element)
    const content = new MutationObserver(look)
    content.observe(element, { childList: true, subtree: true, characterData: true })
    element.addEventListener('scroll', look, { passive: true })
    look()
    return () => {
      sizes.disconnect()
      content.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [])
  return [attach, more]
}
