/** The texts that a person has begun to write, kept while the page is open, also when it is loaded again. */
export const drafts = {
  get: (key: string): string => sessionStorage.getItem(`troupe.draft.${key}`) ?? '',
  set(key: string, text: string): void {
    if (text === '') sessionStorage.removeItem(`troupe.draft.${key}`)
    else sessionStorage.setItem(`troupe.draft.${key}`, text)
  }
}
