// How many threads this process may keep busy: the affinity mask and the control groups' processor quota.
import CLinux

extension ThreadPool {
    /// As many threads as the affinity mask has processors and the control groups' quota pays for, rounded down, at least one.
    public static func defaultThreadCount() -> Int {
        let processors = Int(quern_allowed_processors())
        guard let quota = processorQuota(membership: ControlGroups.ownMembership, mount: ControlGroups.mount) else {
            return processors
        }
        return max(1, min(processors, Int(quota)))
    }

    /// The tightest processor quota, in processors, of the control groups that hold the process; nil for none.
    ///
    /// - Parameters:
    ///   - membership: `/proc/self/cgroup`: lines of `id:controllers:path`, version 2's with id 0 and no controllers.
    ///   - mount: where the hierarchies are mounted: version 2 there or in `unified`, version 1 in a folder per controller.
    package static func processorQuota(membership: String, mount: String) -> Double? {
        let groups = ControlGroups(membership: membership, mount: mount)
        let quotas =
            groups.folders(of: "cpu", version: .two).compactMap(quotaOfVersion2)
            + groups.folders(of: "cpu", version: .one).compactMap(quotaOfVersion1)
        return quotas.min()
    }

    /// `cpu.max`: "quota period" in microseconds, or "max period".
    private static func quotaOfVersion2(folder: String) -> Double? {
        let words = ControlGroups.text(of: folder + "/cpu.max").split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]) else { return nil }
        return quota > 0 && period > 0 ? quota / period : nil
    }

    /// `cpu.cfs_quota_us`, -1 for no limit, of `cpu.cfs_period_us`.
    private static func quotaOfVersion1(folder: String) -> Double? {
        func number(_ name: String) -> Double? {
            ControlGroups.text(of: folder + "/" + name).split(separator: "\n").first.flatMap { Double($0) }
        }
        guard let quota = number("cpu.cfs_quota_us"), let period = number("cpu.cfs_period_us") else { return nil }
        return quota > 0 && period > 0 ? quota / period : nil
    }
}
