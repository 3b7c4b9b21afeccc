import { useState } from 'react'
import { RequestError } from '../api/requestError.ts'
import { addToCart, EMPTY_CART, removeFromCart, type Cart } from '../state/cart.ts'
import { randomId } from '../state/randomId.ts'
import { actionInWords, segmentTrack, type ShopAction } from '../state/segmentTrack.ts'
import { writeSession } from '../state/sessionStore.ts'
import { visitorKey, type Visitor } from '../state/visitor.ts'
import { useClient } from './useClient.ts'
import type { LastSkip, ListMemory, Shop } from './useShop.ts'

interface Deeds {
  readonly cart: Cart
  readonly skipped: readonly string[]
  readonly lastSkip: LastSkip | undefined
  readonly revision: number
  readonly underWay: number
  readonly cause: string | undefined
  readonly failure: string | undefined
}

const NOTHING_DONE: Deeds = {
  cart: EMPTY_CART,
  skipped: [],
  lastSkip: undefined,
  revision: 0,
  underWay: 0,
  cause: undefined,
  failure: undefined,
}

/** Holds the visitor and what they did. Cart and lists change only after the acknowledgement. */
export function useShopState(first: Visitor): Shop {
  const client = useClient()
  const [visitor, setVisitor] = useState(first)
  const [deeds, setDeeds] = useState(NOTHING_DONE)
  const [known, noteKnown] = useState<boolean>()
  const [memory] = useState<ListMemory>(() => ({ shown: new Map(), answered: 0 }))

  function choose(next: Visitor): void {
    if (visitorKey(next) === visitorKey(visitor)) return
    writeSession('attune.visitor', JSON.stringify(next))
    setVisitor(next)
    memory.answered = 0
    noteKnown(undefined)
    setDeeds(NOTHING_DONE)
  }

  async function act(action: ShopAction): Promise<boolean> {
    setDeeds((now) => ({ ...now, underWay: now.underWay + 1 }))
    try {
      await client.track(segmentTrack(action, visitor, randomId(), Date.now()))
    } catch (error) {
      const failure = error instanceof RequestError ? error.message : 'The event could not be sent.'
      setDeeds((now) => ({ ...now, failure, underWay: now.underWay - 1 }))
      return false
    }
    setDeeds((now) => ({
      cart: cartAfter(now.cart, action),
      skipped: skippedAfter(now.skipped, action),
      lastSkip: lastSkipOf(action),
      revision: now.revision + 1,
      underWay: now.underWay - 1,
      cause: actionInWords(action),
      failure: undefined,
    }))
    return true
  }

  const { underWay, ...done } = deeds
  return { visitor, ...done, pending: underWay > 0, known, noteKnown, memory, choose, act }
}

function cartAfter(cart: Cart, action: ShopAction): Cart {
  if (action.kind === 'buy') return EMPTY_CART
  if (action.kind === 'add') return addToCart(cart, action.item)
  return action.kind === 'remove' ? removeFromCart(cart, action.item.id) : cart
}

/** Putting something into the cart takes the skip back. */
function skippedAfter(skipped: readonly string[], action: ShopAction): readonly string[] {
  if (action.kind === 'buy') return skipped
  const others = skipped.filter((id) => id !== action.item.id)
  if (action.kind === 'skip') return [...others, action.item.id]
  return action.kind === 'add' ? others : skipped
}

function lastSkipOf(action: ShopAction): LastSkip | undefined {
  if (action.kind !== 'skip') return undefined
  return { item: action.item, placement: action.origin?.placement }
}
