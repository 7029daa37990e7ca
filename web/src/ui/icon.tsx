const paths = {
  play: 'M7 5v14l11-7z',
  pause: 'M8 5h3v14H8zM13 5h3v14h-3z',
  stop: 'M7 7h10v10H7z',
  fork: 'M7 4v6m0 0v10m0-10c0 4 10 1 10 6v4M17 4v2',
  save: 'M12 4v11m0 0 4-4m-4 4-4-4M5 19h14',
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4',
  moon: 'M19 14.5A8 8 0 0 1 9.5 5a8 8 0 1 0 9.5 9.5z',
  auto: 'M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16',
  tool: 'M14 6a4 4 0 0 0-5 5l-5 5 3 3 5-5a4 4 0 0 0 5-5l-2.500 2.500-2.500-.5-.5-2.500z',
  thought: 'M8 15a5 5 0 1 1 8 0c-1 .8-1 2-1 3H9c0-1 0-2.200-1-3zM10 21h4',
  hand: 'M5 12h12m0 0-4-4m4 4-4 4',
  live: 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6M6 6a8.500 8.500 0 0 0 0 12M18 6a8.500 8.500 0 0 1 0 12',
  warn: 'M12 4l9 16H3zM12 10v4M12 17v.5',
  grow: 'M4 9V4h5M20 15v5h-5M4 4l6 6M20 20l-6-6'
} as const

export type IconName = keyof typeof paths

const filled: ReadonlySet<IconName> = new Set(['play', 'pause', 'stop'])

/** A small drawing beside a text that says the same. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg className={filled.has(name) ? 'icon filled' : 'icon'} viewBox="0 0 24 24" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
)
