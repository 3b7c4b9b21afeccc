import { useState } from 'react'
import type { Item } from '../api/item.ts'
import { pictureAddress, placeholderOf } from '../state/picture.ts'
import classes from './ItemPicture.module.css'

interface Props {
  readonly item: Item
  readonly className: string
}

/** The item's own picture when it has one, else a neutral drawing. Decorative: the title stands beside it. */
export function ItemPicture({ item, className }: Props) {
  const address = pictureAddress(item.image)
  const [broken, setBroken] = useState<string>()
  if (address !== undefined && broken !== address) {
    return (
      <img
        className={`${classes.picture} ${className}`}
        src={address}
        alt=""
        width={200}
        height={200}
        loading="lazy"
        decoding="async"
        referrerPolicy="no-referrer"
        onError={() => setBroken(address)}
      />
    )
  }
  const { letters, angle } = placeholderOf(item)
  return (
    <svg className={`${classes.picture} ${className}`} viewBox="0 0 100 100" aria-hidden="true">
      <rect width="100" height="100" className={classes.ground} />
      <g className={classes.shape} transform={`rotate(${angle} 50 50)`}>
        <rect x="-30" y="58" width="160" height="26" />
        <circle cx="78" cy="24" r="15" />
      </g>
      <text x="50" y="57" textAnchor="middle" className={classes.letters}>
        {letters}
      </text>
    </svg>
  )
}
