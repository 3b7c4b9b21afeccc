import { createContext, useContext } from 'react'
import type { Item } from '../api/item.ts'
import type { Cart } from '../state/cart.ts'
import type { ShownLists } from '../state/listChange.ts'
import type { ShopAction } from '../state/segmentTrack.ts'
import type { Visitor } from '../state/visitor.ts'

/** What the rows showed last and which action they answered, kept across views. */
export interface ListMemory {
  shown: ShownLists
  answered: number
}

export interface LastSkip {
  readonly item: Item
  readonly placement: string | undefined
}

/** The visitor, the cart, and what can be done; shared by every part of the shop. */
export interface Shop {
  readonly visitor: Visitor
  readonly cart: Cart
  /** Ids of what the visitor skipped since the page was opened. */
  readonly skipped: readonly string[]
  /** What was done last, when that was a skip: the item, and the placement it stood in. */
  readonly lastSkip: LastSkip | undefined
  /** Goes up with each acknowledged action, so that every list is asked for again. */
  readonly revision: number
  /** True from an action to its acknowledgement; nothing is decided meanwhile. */
  readonly pending: boolean
  /** What was done last, in words. */
  readonly cause: string | undefined
  /** Why the last action was not accepted. */
  readonly failure: string | undefined
  /** Whether the last decision knew the visitor; undefined before the first. */
  readonly known: boolean | undefined
  readonly noteKnown: (known: boolean) => void
  readonly memory: ListMemory
  readonly choose: (visitor: Visitor) => void
  /** Sends the event; resolves when the server has acknowledged it (true) or not (false). */
  readonly act: (action: ShopAction) => Promise<boolean>
}

export const ShopContext = createContext<Shop | undefined>(undefined)

export function useShop(): Shop {
  const shop = useContext(ShopContext)
  if (!shop) throw new Error('useShop needs a ShopContext above it')
  return shop
}
