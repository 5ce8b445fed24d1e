using System.Buffers.Binary;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Norris.Transport.Secure;

/// <summary>
/// What a process shows to prove that it belongs, and how it judges what others show: a key of its own that lives as long as the process, with a certificate
/// from the network's authority; and the authorities whose certificates it takes.
/// </summary>
internal sealed class MemberCredentials : IDisposable
{
    /// <summary>Longer than any proof: a certificate of ours has some 400 bytes.</summary>
    private const int ProofCharactersMax = 4096;

    private readonly Lock _gate = new();
    private readonly ECDsa _key;
    private readonly IReadOnlyList<NetworkAuthority> _authorities;
    private readonly X509Certificate2 _certificate;
    private readonly SslStreamCertificateContext _context;

    /// <summary>Makes a key, and has the first authority sign its certificate.</summary>
    /// <param name="authorities">At least one; disposed with this.</param>
    public MemberCredentials(IReadOnlyList<NetworkAuthority> authorities)
    {
        _authorities = authorities;
        _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 bare = authorities[0].Issue(_key);
        _certificate = bare.CopyWithPrivateKey(_key);
        _context = SslStreamCertificateContext.Create(_certificate, additionalCertificates: null, offline: true);
        Key = KeyOf(_certificate);
    }

    /// <summary>Which key this process speaks with.</summary>
    public PeerKey Key { get; }

    /// <summary>What nodes of this network say on their segment to know each other; see <see cref="NetworkAuthority.Tag"/>.</summary>
    public ulong NetworkTag => _authorities[0].Tag;

    /// <summary>Derives the authorities of some secrets, and makes a key.</summary>
    /// <param name="secrets">At least one; the first is shown to others.</param>
    /// <param name="iterations">Fewer than <see cref="NetworkAuthority.Iterations"/> are for tests.</param>
    public static MemberCredentials FromSecrets(IReadOnlyList<string> secrets, int iterations = NetworkAuthority.Iterations)
    {
        var authorities = new NetworkAuthority[secrets.Count];
        // Each takes a while, and a processor of its own if there is one.
        Parallel.For(0, authorities.Length, i => authorities[i] = NetworkAuthority.Derive(secrets[i], iterations));
        return new MemberCredentials(authorities);
    }

    /// <summary>How this process answers a handshake: TLS 1.3 only, and the other side must show a certificate, too.</summary>
    public SslServerAuthenticationOptions ForServer(PeerJudgement judgement) => new()
    {
        ServerCertificateContext = _context,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = ChainPolicy(),
        RemoteCertificateValidationCallback = (_, certificate, _, _) => Judge(certificate, judgement),
        AllowRenegotiation = false,
    };

    /// <summary>How this process begins one.</summary>
    /// <param name="judgement">Where it goes what is thought of the other side.</param>
    /// <param name="peer">
    /// What sessions with the other side are kept under, to be resumed; nothing when none are. It is said in the open (RFC 6066 section 3), and nobody looks at it.
    /// </param>
    public SslClientAuthenticationOptions ForClient(PeerJudgement judgement, string peer) => new()
    {
        TargetHost = peer,
        ClientCertificateContext = _context,
        EnabledSslProtocols = SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = ChainPolicy(),
        RemoteCertificateValidationCallback = (_, certificate, _, _) => Judge(certificate, judgement),
        AllowRenegotiation = false,
    };

    /// <summary>
    /// Signs a request that others are to pass on, so that it is known whose it is where it arrives: <c>certificate "." signature</c>, both in base64.
    /// </summary>
    /// <param name="method">What is asked.</param>
    /// <param name="target">Of what.</param>
    /// <param name="content">With what.</param>
    public string Prove(string method, string target, ReadOnlySpan<byte> content)
    {
        byte[] statement = Statement(method, target, content);
        lock (_gate)
        {
            return $"{Convert.ToBase64String(_certificate.RawDataMemory.Span)}.{Convert.ToBase64String(_key.SignData(statement, HashAlgorithmName.SHA256))}";
        }
    }

    /// <summary>Whose a request is; <see cref="PeerKey.None"/> when the proof is none, of other words than these, or of nobody who has a secret of ours.</summary>
    /// <param name="proof">What <see cref="Prove"/> made.</param>
    /// <param name="method">What is asked.</param>
    /// <param name="target">Of what.</param>
    /// <param name="content">With what.</param>
    public PeerKey WhoProved(string proof, string method, string target, ReadOnlySpan<byte> content)
    {
        int dot = proof.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || proof.Length > ProofCharactersMax)
        {
            return PeerKey.None;
        }
        try
        {
            byte[] signature = Convert.FromBase64String(proof[(dot + 1)..]);
            using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(proof[..dot]));
            using ECDsa? key = certificate.GetECDsaPublicKey();
            return key is not null && _authorities.Any(authority => authority.HasSigned(certificate))
                && key.VerifyData(Statement(method, target, content), signature, HashAlgorithmName.SHA256)
                    ? KeyOf(certificate)
                    : PeerKey.None;
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return PeerKey.None;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
        foreach (NetworkAuthority authority in _authorities)
        {
            authority.Dispose();
        }
    }

    /// <summary>
    /// .NET builds a chain before it asks us, who ask only who signed: it is to look for nothing, neither in the machine's store nor elsewhere.
    /// </summary>
    private static X509ChainPolicy ChainPolicy() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
        VerificationFlags = X509VerificationFlags.AllFlags,
    };

    /// <summary>What is signed. The first words keep the signature from meaning anything elsewhere, such as in TLS.</summary>
    private static byte[] Statement(string method, string target, ReadOnlySpan<byte> content) =>
        [.. Encoding.ASCII.GetBytes($"norris request 1\0{method} {target}\0"), .. content];

    private static PeerKey KeyOf(X509Certificate2 certificate)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo(), hash);
        return new PeerKey(BinaryPrimitives.ReadUInt64BigEndian(hash[8..]), BinaryPrimitives.ReadUInt64BigEndian(hash));
    }

    private bool Judge(X509Certificate? shown, PeerJudgement judgement)
    {
        if (shown is not X509Certificate2 certificate)
        {
            judgement.Verdict = PeerVerdict.ShowedNothing;
            return false;
        }
        foreach (NetworkAuthority authority in _authorities)
        {
            if (authority.HasSigned(certificate))
            {
                judgement.Key = KeyOf(certificate);
                judgement.Verdict = PeerVerdict.Belongs;
                return true;
            }
        }
        judgement.Verdict = PeerVerdict.OtherSecret;
        return false;
    }
}

/// <summary>
/// The key that a peer proved to have: the first 128 bits of the SHA-256 of its SubjectPublicKeyInfo. Nobody can make another key with the same in the lifetime of
/// the universe.
/// </summary>
internal readonly record struct PeerKey(ulong Low, ulong High)
{
    /// <summary>No key: the connection proves nothing.</summary>
    public static PeerKey None => default;
}

/// <summary>What is thought of a peer's certificate.</summary>
internal enum PeerVerdict
{
    /// <summary>It has not shown any yet.</summary>
    Unknown,

    /// <summary>It knows a secret of ours.</summary>
    Belongs,

    /// <summary>It showed no certificate, though it was asked to.</summary>
    ShowedNothing,

    /// <summary>Somebody else signed its certificate.</summary>
    OtherSecret,
}

/// <summary>Where the judgement of one handshake goes.</summary>
internal sealed class PeerJudgement
{
    /// <summary>The verdict.</summary>
    public PeerVerdict Verdict { get; set; }

    /// <summary>Whose key it is, when it belongs.</summary>
    public PeerKey Key { get; set; }
}
