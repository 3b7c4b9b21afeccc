import type { ProfileView } from '../api/profileView.ts'
import { formatName, formatValue } from '../state/format.ts'
import { sortFeatures } from '../state/feature.ts'
import classes from './ProfileFacts.module.css'
import { HistoryList } from './HistoryList.tsx'
import { Ranking } from './Ranking.tsx'

/** Identifiers, traits, features and history of one person; what changes with each click stands first. */
export function ProfileFacts({ profile }: { readonly profile: ProfileView }) {
  const { rankings, plain } = sortFeatures(profile.features ?? {})
  const [first, ...others] = rankings
  return (
    <div className={classes.facts}>
      {first && <Ranking name={first[0]} keys={first[1]} limit={3} />}
      <HistoryList rows={profile.history ?? []} />
      <FactList
        title="Identifiers"
        facts={profile.identifiers.map(({ type, value }) => [type, value])}
      />
      <FactList title="Traits" facts={Object.entries(profile.traits ?? {})} />
      <FactList title="Features" facts={plain} />
      {others.map(([name, keys]) => (
        <Ranking key={name} name={name} keys={keys} limit={4} />
      ))}
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
