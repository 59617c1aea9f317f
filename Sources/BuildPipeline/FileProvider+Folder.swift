import Bytes
import Glibc
public import ModelfileSuperset

extension FileProvider {
    /// A longer file is none that a Modelfile draws in.
    private static let byteLimit = 1 << 24

    /// The files of a folder. A link that leads out of the folder leads nowhere.
    public static func folder(_ folder: String) -> FileProvider {
        FileProvider { path throws(Problem) in
            let root: String
            let file: String
            do throws(BytesError) {
                root = try FileSystem.resolved(folder)
                file = try FileSystem.resolved("\(folder)/\(path)")
            } catch {
                throw problem(error)
            }
            guard file.hasPrefix(root == "/" ? root : root + "/") else { throw .outside }
            do throws(BytesError) { return try OpenFile.stream(file, limit: byteLimit) } catch { throw problem(error) }
        }
    }

    private static func problem(_ error: BytesError) -> Problem {
        switch error.code {
        case ENOENT, ENOTDIR: .missing
        case EISDIR: .unusable("it is a folder")
        case EACCES: .unusable("you may not read it")
        case EFBIG: .unusable("it is longer than \(byteLimit) bytes")
        default: .unusable("\(error)")
        }
    }
}
