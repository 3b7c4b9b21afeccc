import classes from './Brand.module.css'

/** The mark and the name; the page's first heading. */
export function Brand() {
  return (
    <h1 className={classes.brand}>
      <svg aria-hidden="true" viewBox="0 0 32 32" width="28" height="28">
        <rect width="32" height="32" rx="9" fill="#3f51c7" />
        <path
          d="M7 19c3 0 3-8 6-8s3 10 6 10 3-6 6-6"
          fill="none"
          stroke="#fff"
          strokeWidth="2.6"
          strokeLinecap="round"
        />
      </svg>
      Attune
    </h1>
  )
}
