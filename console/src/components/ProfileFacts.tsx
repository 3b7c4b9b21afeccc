import type { ProfileView } from '../api/profileView.ts'
import { formatName, formatValue } from '../state/format.ts'
import classes from './ProfileFacts.module.css'
import { HistoryList } from './HistoryList.tsx'
import { TopCategories } from './TopCategories.tsx'

/** Identifiers, traits, features, categories and history of one person. */
export function ProfileFacts({ profile }: { readonly profile: ProfileView }) {
  return (
    <div className={classes.facts}>
      <FactList
        title="Identifiers"
        facts={profile.identifiers.map(({ type, value }) => [type, value])}
      />
      <FactList title="Traits" facts={Object.entries(profile.traits ?? {})} />
      <TopCategories categories={profile.topCategories ?? []} />
      <FactList title="Features" facts={Object.entries(profile.features ?? {})} />
      <HistoryList rows={profile.history ?? []} />
    </div>
  )
}

interface FactListProps {
  readonly title: string
  readonly facts: readonly (readonly [string, unknown])[]
}

function FactList({ title, facts }: FactListProps) {
  if (facts.length === 0) return null
  return (
    <section>
      <h3 className={classes.title}>{title}</h3>
      <dl className={classes.list}>
        {facts.map(([name, value]) => (
          <div key={`${name} ${formatValue(value)}`} className={classes.fact}>
            <dt>{formatName(name)}</dt>
            <dd>{formatValue(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
