interface FileFieldProps {
  label: string
  multiple?: boolean
  accept?: string
  files: readonly File[]
  change(files: readonly File[]): void
}

/** Takes files from the disk. */
export const FileField = ({ label, multiple, accept, files, change }: FileFieldProps) => (
  <label className="field files">
    <span>{label}</span>
    <input
      type="file"
      multiple={multiple}
      accept={accept}
      onChange={({ target }) => change([...(target.files ?? [])])}
    />
    {files.length > 0 && <span className="hint">{files.map(({ name }) => name).join(', ')}</span>}
  </label>
)

/** Files as a `start` carries them. */
export const toFiles = (files: readonly File[]) =>
  Promise.all(
    files.map(async (file) => ({
      name: file.name,
      type: file.type || 'text/plain',
      content: await base64(file)
    }))
  )

const base64 = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''))
    reader.onerror = () => reject(new Error(`${file.name} cannot be read.`))
    reader.readAsDataURL(file)
  })

/** A state that was saved. */
export async function readState(file: File): Promise<unknown> {
  try {
    return JSON.parse(await file.text())
  } catch {
    throw new Error(`${file.name} is no JSON.`)
  }
}
