import Bytes

/// The time on the wall, as answers tell it.
enum ServerClock {
    /// Since 1970.
    static var seconds: Int { FileTime.now().seconds }
}
