import { useEffect } from 'react'
import { type Toast, toasts } from '../state/toasts.ts'
import { useSelect } from '../state/use.ts'
import { Button } from './button.tsx'

/** How long something stays that is no error, in milliseconds. */
const PATIENCE = 5000

/** What was said lately, in a corner of the page. */
export const Toasts = () => {
  const all = useSelect(toasts, ({ all }) => all)
  return (
    <section className="toasts" aria-label="Notices">
      {all.map((toast) => (
        <One key={toast.id} toast={toast} />
      ))}
    </section>
  )
}

const One = ({ toast: { id, tone, text, action } }: { toast: Toast }) => {
  const drop = () => toasts.trigger.drop({ id })
  useEffect(() => {
    if (tone === 'failed') return
    const timer = setTimeout(() => toasts.trigger.drop({ id }), PATIENCE)
    return () => clearTimeout(timer)
  }, [id, tone])
  return (
    <div className={`toast tone-${tone}`} role={tone === 'failed' ? 'alert' : 'status'}>
      <p>{text}</p>
      {action && (
        <Button
          onPress={() => {
            drop()
            action.run()
          }}
        >
          {action.name}
        </Button>
      )}
      <Button icon="close" kind="quiet" label="Put away" onPress={drop} />
    </div>
  )
}
