import { createContext, memo, useContext } from 'react'
import { People } from '../model/people.ts'

/** The marks of those who speak in the run that is shown. */
export const PeopleContext = createContext(new People(null))

/** A speaker's mark. */
export const Avatar = memo(({ name, size = 28 }: { name: string; size?: number }) => {
  const { hue, letters } = useContext(PeopleContext).mark(name)
  const style = {
    '--hue': hue ?? 0,
    width: size,
    height: size,
    fontSize: size * (letters.length > 2 ? 0.34 : 0.4)
  }
  return (
    <span
      className={hue === null ? 'avatar grey' : 'avatar'}
      aria-hidden="true"
      style={style as React.CSSProperties}
    >
      {letters}
    </span>
  )
})
