import Foundation
import Model
import Testing

@testable import Transport

@Suite struct UploadTests {
  @Test(arguments: Way.allCases)
  func theFileArrivesWholeAndExecutable(way: Way) async throws {
    try await withFolder { folder in
      let bytes = noise(3_000_001)
      let source = folder + "/source"
      try Data(bytes).write(to: URL(filePath: source))
      // Nothing in a name is taken for a command.
      let target = folder + "/to/it's $(touch \(folder)/oops); file"
      try await way.with { connection in
        try await connection.upload(source, to: target)
        try await connection.upload(source, to: target, sha256: SHA256.hex(bytes))
        #expect(try Data(contentsOf: URL(filePath: target)) == Data(bytes))
        let attributes = try FileManager.default.attributesOfItem(atPath: target)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/to").count == 1)
        #expect(!FileManager.default.fileExists(atPath: folder + "/oops"))
      }
    }
  }

  @Test(arguments: Way.allCases)
  func whatDoesNotArriveLeavesNothing(way: Way) async throws {
    try await withFolder { folder in
      let source = folder + "/source"
      try Data(noise(100_000)).write(to: URL(filePath: source))
      try await way.with { connection in
        let wrong = String(repeating: "0", count: 64)
        let changed = try await fault { try await connection.upload(source, to: folder + "/to/x", sha256: wrong) }
        #expect(changed.message.contains("SHA-256"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/to").isEmpty)
        let blocked = try await fault { try await connection.upload(source, to: folder + "/to") }
        #expect(blocked.message.contains("is a folder"))
        let missing = try await fault { try await connection.upload(folder + "/none", to: folder + "/y") }
        #expect(missing.code == .system)
      }
    }
  }
}
