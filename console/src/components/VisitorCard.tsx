import classes from './VisitorCard.module.css'
import { Icon } from './Icon.tsx'

interface Props {
  readonly name: string
  readonly about: string
  readonly chosen: boolean
  readonly onChoose: () => void
}

/** One person that can be chosen. */
export function VisitorCard({ name, about, chosen, onChoose }: Props) {
  return (
    <button type="button" className={classes.card} aria-pressed={chosen} onClick={onChoose}>
      <span className={classes.face} aria-hidden="true">
        {name === 'A new visitor' ? <Icon name="plus" size={16} /> : initials(name)}
      </span>
      <span className={classes.words}>
        <span className={classes.name}>{name}</span>
        <span className={classes.about}>{about}</span>
      </span>
    </button>
  )
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  return `${words[0]?.charAt(0) ?? ''}${words.length > 1 ? (words.at(-1)?.charAt(0) ?? '') : ''}`
}
