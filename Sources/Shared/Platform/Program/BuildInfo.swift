/// Which build this is.
package enum BuildInfo {
    /// Semantic version of the whole package.
    package static let version = "0.1.0"

    /// The Swift that compiled it. The language tells no more than major and minor.
    package static var swiftVersion: String {
        #if compiler(>=6.4)
        "6.4 or later"
        #elseif compiler(>=6.3)
        "6.3"
        #else
        "6.2"
        #endif
    }
}
