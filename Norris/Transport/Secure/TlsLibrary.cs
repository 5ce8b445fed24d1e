using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Norris.Transport.Secure;

/// <summary>What speaks TLS for this program: OpenSSL, which is part of the binary.</summary>
internal static class TlsLibrary
{
    /// <summary>What OpenSSL and .NET would read of the machine otherwise: a configuration for another OpenSSL, and whom the machine trusts.</summary>
    private static readonly string[] PlacesToLookAt = ["OPENSSL_CONF", "SSL_CERT_FILE", "SSL_CERT_DIR"];

    /// <summary>
    /// To be called before the first use. Nothing of the machine's decides who is let in here, so nothing of it is read: it would cost a hundred files at every
    /// start, and what a newer OpenSSL's configuration asks for would stop this one.
    /// </summary>
    public static void LookAtNothing()
    {
        if (OperatingSystem.IsLinux())
        {
            foreach (string place in PlacesToLookAt)
            {
                // The native environment: that of .NET is a copy.
                _ = SetEnvironment(place, "", 1);
            }
        }
    }

    /// <summary>Its name and version, as in <c>OpenSSL 3.0.22</c>.</summary>
    public static string Version
    {
        get
        {
            if (OperatingSystem.IsWindows())
            {
                return "Schannel";
            }
            // OPENSSL_VERSION_NUMBER: 0xMNN00PP0 (OpenSSL 3.0, OPENSSL_VERSION_NUMBER(3))
            long number = SafeEvpPKeyHandle.OpenSslVersion;
            return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"OpenSSL {number >> 28}.{(number >> 20) & 0xFF}.{(number >> 4) & 0xFF}");
        }
    }

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetEnvironment([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrites);
}
