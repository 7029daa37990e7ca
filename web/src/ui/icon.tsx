const paths = {
  play: 'M7 5v14l11-7z',
  pause: 'M8 5h3v14H8zM13 5h3v14h-3z',
  stop: 'M7 7h10v10H7z',
  fork: 'M7 4v6m0 0v10m0-10c0 4 10 1 10 6v4M17 4v2',
  save: 'M12 4v11m0 0 4-4m-4 4-4-4M5 19h14',
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  down: 'M6 9l6 6 6-6',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12.5l4.500 4.500L19 7.500',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4',
  moon: 'M19 14.5A8 8 0 0 1 9.5 5a8 8 0 1 0 9.5 9.5z',
  auto: 'M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16',
  tool: 'M14 6a4 4 0 0 0-5 5l-5 5 3 3 5-5a4 4 0 0 0 5-5l-2.500 2.500-2.500-.5-.5-2.500z',
  thought: 'M8 15a5 5 0 1 1 8 0c-1 .8-1 2-1 3H9c0-1 0-2.200-1-3zM10 21h4',
  hand: 'M5 12h12m0 0-4-4m4 4-4 4',
  live: 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6M6 6a8.500 8.500 0 0 0 0 12M18 6a8.500 8.500 0 0 1 0 12',
  warn: 'M12 4l9 16H3zM12 10v4M12 17v.5',
  grow: 'M4 9V4h5M20 15v5h-5M4 4l6 6M20 20l-6-6',
  shrink: 'M9 4v5H4M15 20v-5h5M9 9 4 4M15 15l5 5',
  fold: 'M4 5h16v14H4zM14 5v14M8 10l2 2-2 2',
  unfold: 'M4 5h16v14H4zM14 5v14M10 10l-2 2 2 2',
  copy: 'M9 9h10v10H9zM5 15V5h10',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  time: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 8v4l3 2',
  fit: 'M4 9V5h4M20 9V5h-4M4 15v4h4M20 15v4h-4M9 9h6v6H9z',
  help: 'M9 9.500a3 3 0 1 1 4.500 2.600c-1 .6-1.500 1.100-1.500 2.400M12 17.500v.5M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18',
  search: 'M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12M15.500 15.500 20 20',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  bell: 'M6 16h12l-1.500-2V10a4.500 4.500 0 0 0-9 0v4zM10 19h4',
  model: 'M12 3l2 6 6 3-6 3-2 6-2-6-6-3 6-3z',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M5 20c0-4 3-6 7-6s7 2 7 6',
  team: 'M9 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M3 19c0-3.500 2.500-5 6-5s6 1.500 6 5M16 5.500a3 3 0 0 1 0 5.500M17 14c2.500.3 4 2 4 5',
  chart: 'M4 5h6v5H4zM14 14h6v5h-6zM7 10v6.500h7',
  list: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
  lanes: 'M4 6h9M9 12h11M6 18h7',
  talk: 'M5 5h14v10H10l-4 4v-4H5z',
  memory: 'M6 5h12v15l-6-4-6 4z',
  pages: 'M8 4h11v13H8zM5 8v12h11'
} as const

export type IconName = keyof typeof paths

const filled: ReadonlySet<IconName> = new Set(['play', 'pause', 'stop'])
const heavy: ReadonlySet<IconName> = new Set(['more', 'list'])

/** A small drawing beside a text that says the same. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg
    className={`icon${filled.has(name) ? ' filled' : ''}${heavy.has(name) ? ' heavy' : ''}`}
    viewBox="0 0 24 24"
    aria-hidden="true"
  >
    <path d={paths[name]} />
  </svg>
)
