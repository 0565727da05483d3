/// A version by Semantic Versioning 2.0.0.
package struct SemanticVersion: Sendable, Equatable, Comparable, CustomStringConvertible {
    package let major: UInt64
    package let minor: UInt64
    package let patch: UInt64
    /// What stands behind `-`, the parts between dots; empty for a release.
    package let prerelease: [String]
    /// What stands behind `+`, which orders nothing.
    package let build: [String]

    /// Nil for what is no version, such as `1.2`, `v1.2.3` or `01.0.0`.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 128 else { return nil }
        let withoutBuild = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        let halves = withoutBuild[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = halves[0].split(separator: ".", omittingEmptySubsequences: false).map { Self.number($0) }
        guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let patch = numbers[2],
            let prerelease = halves.count == 1 ? [] : Self.identifiers(halves[1], numbersAreCanonical: true),
            let build = withoutBuild.count == 1 ? [] : Self.identifiers(withoutBuild[1], numbersAreCanonical: false)
        else { return nil }
        self.major = major
        self.minor = minor
        self.patch = patch
        self.prerelease = prerelease
        self.build = build
    }

    package var description: String {
        let tail = prerelease.isEmpty ? "" : "-\(prerelease.joined(separator: "."))"
        return "\(major).\(minor).\(patch)\(tail)\(build.isEmpty ? "" : "+\(build.joined(separator: "."))")"
    }

    /// The order of section 11: a pre-release comes before its release, numbers before words.
    package static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        let numbers = [(left.major, right.major), (left.minor, right.minor), (left.patch, right.patch)]
        if let (one, other) = numbers.first(where: { $0 != $1 }) { return one < other }
        if left.prerelease.isEmpty || right.prerelease.isEmpty {
            return !left.prerelease.isEmpty && right.prerelease.isEmpty
        }
        for (one, other) in zip(left.prerelease, right.prerelease) where one != other {
            switch (isNumber(one), isNumber(other)) {
            // They have no zeros before them, so the longer one is the larger one, however long.
            case (true, true):
                return one.utf8.count == other.utf8.count ? one < other : one.utf8.count < other.utf8.count
            case (true, false): return true
            case (false, true): return false
            case (false, false): return one < other
            }
        }
        return left.prerelease.count < right.prerelease.count
    }

    private static func isNumber(_ text: String) -> Bool { text.utf8.allSatisfy { (0x30...0x39).contains($0) } }

    private static func number(_ text: some StringProtocol) -> UInt64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), text == "0" || text.first != "0"
        else {
            return nil
        }
        return UInt64(text)
    }

    private static func identifiers(_ text: some StringProtocol, numbersAreCanonical: Bool) -> [String]? {
        let parts = String(text).split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let areRight = parts.allSatisfy { part in
            let bytes = part.utf8
            let isPlain = bytes.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
            }
            let hasZero = isNumber(part) && bytes.count > 1 && bytes.first == 0x30
            return !part.isEmpty && isPlain && !(numbersAreCanonical && hasZero)
        }
        return areRight ? parts : nil
    }
}
