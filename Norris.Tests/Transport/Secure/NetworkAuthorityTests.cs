using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Norris.Transport.Secure;

namespace Norris.Tests.Transport.Secure;

/// <summary>Everybody derives the same key from the same secret, on every machine and in every release.</summary>
public sealed class NetworkAuthorityTests
{
    private const int FewIterations = 10;

    /// <summary>Worked out once more with another implementation: Python's hashlib.pbkdf2_hmac, hmac, and integers.</summary>
    [Theory]
    [InlineData("correct horse battery staple", NetworkAuthority.Iterations, "235E39AA54FC47F3C0D9398A3E057A24A078AC5136DE90815EA4CBC1091C1DF5")]
    [InlineData("correct horse battery staple", FewIterations, "454F9C43CC880E7F39C6516B300EBAB75FC4555D877E354A5BE7C4E25469E0FD")]
    [InlineData("Zoë hat 16 Zeichen", FewIterations, "30C16E29F02656E89FBDFB47DCA2DB793DD545151C99525789F48D21A0DEE49F")]
    public void A_key_follows_from_the_secret(string secret, int iterations, string scalar) =>
        Assert.Equal(scalar, Convert.ToHexString(NetworkAuthority.DeriveScalar(secret, iterations)));

    [Fact]
    public void Candidates_out_of_range_are_passed_over()
    {
        // The order of P-256 minus 1 and what is above would give no key; minus 2 gives the greatest one.
        string[] candidates =
        [
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
            "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
            "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550",
            "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC63254F",
        ];
        byte[] scalar = NetworkAuthority.FirstScalar(attempt => Convert.FromHexString(candidates[attempt]));
        Assert.Equal("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550", Convert.ToHexString(scalar));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", "0000000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("00000000000000000000000000000000000000000000000000000000FFFFFFFF", "0000000000000000000000000000000000000000000000000000000100000000")]
    public void One_is_added(string candidate, string scalar) =>
        Assert.Equal(scalar, Convert.ToHexString(NetworkAuthority.FirstScalar(_ => Convert.FromHexString(candidate))));

    [Fact]
    public void It_knows_what_it_signed_itself()
    {
        using NetworkAuthority one = NetworkAuthority.Derive("one one one one one", FewIterations);
        using NetworkAuthority again = NetworkAuthority.Derive("one one one one one", FewIterations);
        using NetworkAuthority other = NetworkAuthority.Derive("two two two two two", FewIterations);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = one.Issue(key);
        Assert.True(one.HasSigned(certificate));
        Assert.True(again.HasSigned(certificate));
        Assert.False(other.HasSigned(certificate));
        Assert.NotEqual(one.ExportPublicKey(), other.ExportPublicKey());
        Assert.Equal(one.ExportPublicKey(), again.ExportPublicKey());
    }

    [Fact]
    public void It_is_not_taken_in_by_names_and_dates()
    {
        using NetworkAuthority authority = NetworkAuthority.Derive("one one one one one", FewIterations);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=norris network", key, HashAlgorithmName.SHA256);
        using X509Certificate2 selfSigned = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        Assert.False(authority.HasSigned(selfSigned));
    }

    /// <summary>A machine whose clock stands in 1971, or in 2999, is let in like any other.</summary>
    [Fact]
    public void No_clock_is_outside_of_a_certificates_time()
    {
        using NetworkAuthority authority = NetworkAuthority.Derive("one one one one one", FewIterations);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = authority.Issue(key);
        Assert.Equal(new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc), certificate.NotBefore.ToUniversalTime());
        Assert.Equal(new DateTime(9999, 12, 31, 23, 59, 59, DateTimeKind.Utc), certificate.NotAfter.ToUniversalTime());
    }

    [Fact]
    public void A_changed_certificate_is_nobodys()
    {
        using NetworkAuthority authority = NetworkAuthority.Derive("one one one one one", FewIterations);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = authority.Issue(key);
        byte[] bytes = certificate.RawData;
        int name = bytes.AsSpan().IndexOf("norris member"u8);
        bytes[name] = (byte)'N';
        using X509Certificate2 changed = X509CertificateLoader.LoadCertificate(bytes);
        Assert.False(authority.HasSigned(changed));
    }
}
