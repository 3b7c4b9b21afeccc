import { Button, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useShop } from '../hooks/useShop.ts'
import { lookedUpVisitor } from '../state/visitor.ts'
import classes from './PersonLookup.module.css'
import { Icon } from './Icon.tsx'

/** Chooses a person of a real workspace by user id. */
export function PersonLookup() {
  const { visitor, choose } = useShop()
  const [userId, setUserId] = useState(visitor.kind === 'person' ? visitor.userId : '')

  function submit(event: FormEvent): void {
    event.preventDefault()
    const id = userId.trim()
    if (id) choose(lookedUpVisitor(id))
  }

  return (
    <form role="search" className={classes.form} onSubmit={submit}>
      <TextInput
        className={classes.field}
        label="User id"
        name="user-id"
        autoComplete="off"
        spellCheck={false}
        value={userId}
        onChange={(event) => setUserId(event.currentTarget.value)}
      />
      <Button type="submit" leftSection={<Icon name="search" size={16} />}>
        Show
      </Button>
    </form>
  )
}
