import { hueOf, initials } from '../model/people.ts'

/** A speaker's mark. */
export const Avatar = ({ name, size = 28 }: { name: string; size?: number }) => (
  <span
    className="avatar"
    aria-hidden="true"
    style={{ '--hue': hueOf(name), width: size, height: size, fontSize: size * 0.4 } as React.CSSProperties}
  >
    {initials(name)}
  </span>
)
