import Foundation
import Glibc
import HummingbirdTLS
import Model
import NIOSSL

/// A certificate and its key, to serve HTTPS with. Read once: a new certificate needs a restart.
public struct Certificate: Sendable {
  /// What TLS is told.
  let configuration: TLSConfiguration

  /// Reads PEM files, and checks that they belong together.
  /// - Parameters:
  ///   - certificates: the file of the certificate, and of those that lead up to one that clients know.
  ///   - key: the file of its key, not encrypted.
  /// - Throws: `usage` naming the file that is at fault.
  public init(certificates: String, key: String) throws(Fault) {
    let chain: [NIOSSLCertificate]
    do { chain = try NIOSSLCertificate.fromPEMBytes(try Self.bytes(certificates)) } catch {
      throw Self.fault(error, "\(certificates) holds no certificate", hint: "--tls-cert takes a PEM file")
    }
    let secret = try Self.bytes(key)
    guard !String(decoding: secret, as: UTF8.self).contains("ENCRYPTED") else {
      throw Fault(.usage, "the key \(key) is encrypted", hint: "decrypt it: openssl pkey -in FILE -out FILE")
    }
    let privateKey: NIOSSLPrivateKey
    do { privateKey = try NIOSSLPrivateKey(bytes: secret, format: .pem) } catch {
      throw Self.fault(error, "\(key) holds no private key", hint: "--tls-key takes a PEM file")
    }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    do { _ = try NIOSSLContext(configuration: configuration) } catch {
      throw Fault(.usage, "the key \(key) is not that of the certificate \(certificates)")
    }
    self.configuration = configuration
  }

  private static func bytes(_ path: String) throws(Fault) -> [UInt8] {
    do { return Array(try Data(contentsOf: URL(fileURLWithPath: path))) } catch {
      let reason = access(path, F_OK) == 0 ? "cannot be read" : "does not exist"
      throw Fault(.usage, "\(path) \(reason)", hint: "--tls-cert and --tls-key name PEM files")
    }
  }

  private static func fault(_ error: any Error, _ message: String, hint: String) -> Fault {
    error as? Fault ?? Fault(.usage, message, hint: hint)
  }
}
