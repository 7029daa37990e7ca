/**
 * Loads a package that not everybody has.
 *
 * @param load imports it, or a module of ours that does
 * @param name the package
 * @param use what it does: `which reads such files`
 * @throws a sentence that says what to install, where it is missing
 */
export async function optional<Module>(
  load: () => Promise<Module>,
  name: string,
  use = 'which reads such files'
): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes(name)) throw error
    throw new Error(`the package ${name}, ${use}, is not installed (npm install ${name}).`, { cause: error })
  }
}
