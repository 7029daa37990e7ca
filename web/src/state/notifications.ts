const KEY = 'troupe.notifies'

/** Calls a person who looks elsewhere, where that was wanted. */
export const notifies = {
  /** Whether it is wanted, and the browser allows it. */
  get isOn(): boolean {
    return (
      'Notification' in globalThis &&
      Notification.permission === 'granted' &&
      localStorage.getItem(KEY) === 'yes'
    )
  },

  /** Asks the browser for leave; gives whether it is on then. To be called where a person has pressed something. */
  async turn(on: boolean): Promise<boolean> {
    if (!on) localStorage.removeItem(KEY)
    if (!on || !('Notification' in globalThis)) return false
    if ((await Notification.requestPermission()) !== 'granted')
      throw new Error('The browser does not let this page call you. Allow it in the settings of the page.')
    localStorage.setItem(KEY, 'yes')
    return true
  },

  /** `tag`: a later one with the same takes the place of this one. */
  call(title: string, body: string, tag: string): void {
    if (!notifies.isOn) return
    const notification = new Notification(title, { body, tag })
    notification.onclick = () => {
      focus()
      notification.close()
    }
  }
}
