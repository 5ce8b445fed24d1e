using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Norris.Transport.Secure;

/// <summary>
/// The certificate authority of a network: an ECDSA key on P-256 that follows from the network's secret, so that everybody who knows the secret has
/// it, and nobody else. It signs the certificates of those who belong. A certificate proves that its holder knows the secret; which of
/// those who do, it does not say.
/// </summary>
internal sealed class NetworkAuthority : IDisposable
{
    /// <summary>Rounds of PBKDF2 with HMAC-SHA-256, as many as OWASP's Password Storage Cheat Sheet (2023) asks for.</summary>
    public const int Iterations = 600_000;

    private const int ScalarBytes = 32;
    private const string EcdsaWithSha256 = "1.2.840.10045.4.3.2"; // RFC 5758 section 3.2

    /// <summary>The order of P-256's base point minus 2 (FIPS 186-5, SP 800-186 section 3.2.1.3), the greatest candidate that is taken.</summary>
    private static readonly byte[] CandidateMax = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC63254F");

    private static readonly DateTimeOffset NotBefore = DateTimeOffset.UnixEpoch;

    /// <summary>The value that says "no end" (RFC 5280 section 4.1.2.5).</summary>
    private static readonly DateTimeOffset NotAfter = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly ECDsa _key;

    private NetworkAuthority(ECDsa key, ulong tag) => (_key, Tag) = (key, tag);

    /// <summary>What those who have the secret say on their segment to know each other: it says nothing of the key. Never 0.</summary>
    public ulong Tag { get; }

    /// <summary>The same for everybody: all that a node has when it derives the key is the secret. It keeps tables made for other purposes from being of use.</summary>
    private static ReadOnlySpan<byte> Salt => "norris network authority 1"u8;

    /// <summary>Derives it; takes some tenths of a second of one processor on purpose.</summary>
    /// <param name="secret">The network's secret.</param>
    /// <param name="iterations">Fewer are for tests.</param>
    public static NetworkAuthority Derive(string secret, int iterations = Iterations)
    {
        byte[] seed = DeriveSeed(secret, iterations);
        ulong tag = BinaryPrimitives.ReadUInt64BigEndian(HKDF.Expand(HashAlgorithmName.SHA256, seed, sizeof(ulong), [.. "segment tag"u8]));
        return new(CreateKey(ScalarOf(seed)), Math.Max(tag, 1));
    }

    /// <summary>
    /// The private key: the secret is stretched to a seed by PBKDF2 (RFC 8018 section 5.2), and from that come candidates by HKDF-Expand (RFC 5869 section 2.3)
    /// until one is in range (FIPS 186-5 section A.2.2: rejection sampling, so that every key is as likely).
    /// </summary>
    internal static byte[] DeriveScalar(string secret, int iterations) => ScalarOf(DeriveSeed(secret, iterations));

    private static byte[] DeriveSeed(string secret, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(secret), Salt, iterations, HashAlgorithmName.SHA256, ScalarBytes);

    private static byte[] ScalarOf(byte[] seed) => FirstScalar(attempt =>
    {
        byte[] info = [.. "ecdsa p-256"u8, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(info.AsSpan(^4..), attempt);
        return HKDF.Expand(HashAlgorithmName.SHA256, seed, ScalarBytes, info);
    });

    /// <summary>The first candidate in range, plus one.</summary>
    /// <param name="candidate">32 bytes, big-endian, for 0, 1, 2 and so on.</param>
    internal static byte[] FirstScalar(Func<uint, byte[]> candidate)
    {
        for (uint attempt = 0; ; attempt++)
        {
            byte[] scalar = candidate(attempt);
            if (scalar.AsSpan().SequenceCompareTo(CandidateMax) > 0)
            {
                continue;
            }
            for (int i = ScalarBytes - 1; ++scalar[i] == 0; i--)
            {
                // The carry goes on; it ends before the first byte, since the candidate is not the greatest number of its length.
            }
            return scalar;
        }
    }

    /// <summary>The public key, as a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).</summary>
    public byte[] ExportPublicKey() => _key.ExportSubjectPublicKeyInfo();

    /// <summary>Signs a certificate for a key. It has no end and no beginning that a clock could be wrong about.</summary>
    /// <param name="key">Whose certificate it is.</param>
    public X509Certificate2 Issue(ECDsa key)
    {
        var request = new CertificateRequest("CN=norris member", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        serial[0] |= 0x40; // positive, and no leading zeros
        lock (_gate)
        {
            return request.Create(new X500DistinguishedName("CN=norris network"), X509SignatureGenerator.CreateForECDsa(_key), NotBefore, NotAfter, serial);
        }
    }

    /// <summary>
    /// Whether this authority signed a certificate. Nothing else of it is looked at, dates least of all: who can sign could write anything into it.
    /// That its holder has its key is TLS's to prove (RFC 8446 section 4.4.3).
    /// </summary>
    public bool HasSigned(X509Certificate2 certificate)
    {
        try
        {
            // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { algorithm OID, ... }, signatureValue BIT STRING } (RFC 5280 section 4.1)
            var reader = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.DER);
            AsnReader fields = reader.ReadSequence();
            ReadOnlyMemory<byte> signed = fields.ReadEncodedValue();
            string algorithm = fields.ReadSequence().ReadObjectIdentifier();
            byte[] signature = fields.ReadBitString(out int unusedBits);
            if (algorithm != EcdsaWithSha256 || unusedBits != 0)
            {
                return false;
            }
            lock (_gate)
            {
                return _key.VerifyData(signed.Span, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            }
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private static ECDsa CreateKey(byte[] scalar)
    {
        try
        {
            return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }
}
