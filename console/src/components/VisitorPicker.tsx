import { useEffect, useRef } from 'react'
import { useConsoleSession } from '../hooks/useClient.ts'
import { useDemo } from '../hooks/useDemo.ts'
import { useShop } from '../hooks/useShop.ts'
import { randomId } from '../state/randomId.ts'
import { newVisitor, simulatedVisitor, visitorKey } from '../state/visitor.ts'
import { PersonLookup } from './PersonLookup.tsx'
import { VisitorCard } from './VisitorCard.tsx'
import classes from './VisitorPicker.module.css'

/** For whom the shop is shown: simulated people, anybody by id, or somebody new. */
export function VisitorPicker() {
  const { demo: isDemo } = useConsoleSession()
  const { demo } = useDemo()
  const { visitor, choose } = useShop()
  const chosen = visitorKey(visitor)
  const row = useRef<HTMLUListElement>(null)
  const people = demo?.people.length ?? 0
  useEffect(() => {
    const card = row.current?.querySelector<HTMLElement>('li:has([aria-pressed="true"])')
    if (card && row.current) row.current.scrollLeft = placeInView(row.current, card)
  }, [chosen, people])
  return (
    <section aria-labelledby="visitor-heading">
      <h2 id="visitor-heading" className={classes.heading}>
        Who is visiting?
        {isDemo && <span className={classes.note}>These people are simulated.</span>}
      </h2>
      {!isDemo && <PersonLookup />}
      <ul className={classes.row} ref={row}>
        <li>
          <VisitorCard
            name="A new visitor"
            about={
              visitor.kind === 'anonymous'
                ? 'Nothing known before. Start over?'
                : 'Nothing is known yet'
            }
            chosen={visitor.kind === 'anonymous'}
            onChoose={() => choose(newVisitor(randomId()))}
          />
        </li>
        {demo?.people.map((person) => {
          const candidate = simulatedVisitor(person)
          return (
            <li key={person.userId}>
              <VisitorCard
                name={person.name}
                about={person.about}
                chosen={visitorKey(candidate) === chosen}
                onChoose={() => choose(candidate)}
              />
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** Where the row has to stand so that the card is in the middle, or where it stands if the card is all in sight. */
function placeInView(row: HTMLElement, card: HTMLElement): number {
  const { offsetLeft: left, offsetWidth: width } = card
  const inSight = left >= row.scrollLeft && left + width <= row.scrollLeft + row.clientWidth
  return inSight ? row.scrollLeft : left - (row.clientWidth - width) / 2
}
