/** The tips of arrows in a drawing: one marker for each id, which is its class too. */
export const ArrowTips = ({ ids }: { ids: readonly string[] }) => (
  <defs>
    {ids.map((id) => (
      <marker
        key={id}
        id={id}
        viewBox="0 0 8 8"
        refX="7"
        refY="4"
        markerWidth="7"
        markerHeight="7"
        orient="auto"
      >
        <path d="M0 0.5 8 4 0 7.500z" className={id} />
      </marker>
    ))}
  </defs>
)
