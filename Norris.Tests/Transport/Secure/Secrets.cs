using Norris.Transport.Secure;

namespace Norris.Tests.Transport.Secure;

/// <summary>Credentials for tests: as of a real process, but for the time that the derivation takes.</summary>
internal static class Secrets
{
    public const string One = "the first secret of the tests";
    public const string Two = "the second secret of the tests";

    /// <summary>What a process has that was started with these secrets, the first of which it shows.</summary>
    public static MemberCredentials Of(params string[] secrets) => MemberCredentials.FromSecrets(secrets, iterations: 10);
}
