using System.Text;

namespace Norris.Http;

/// <summary>
/// Finds the handler for a method and a path. It answers by itself what needs no handler: 404, 405 and OPTIONS with Allow,
/// 501 for methods nobody knows; HEAD goes to the handler of GET.
/// </summary>
internal sealed class Router
{
    /// <summary>Most values in one template.</summary>
    internal const int RouteValuesMax = 8;

    private readonly List<Route> _routes = [];
    private byte[] _allow = [];

    /// <summary>All routes, in the order in which they were mapped.</summary>
    public IReadOnlyList<Route> Routes => _routes;

    /// <summary>Maps a route. Literal templates win over those with values when mapped first. Not while requests are served.</summary>
    /// <param name="method">Not HEAD or OPTIONS, which follow from the others.</param>
    /// <param name="template">Literal segments and <c>{name}</c> segments.</param>
    /// <param name="handler">Who answers.</param>
    /// <param name="contentBytesMax">Largest content, where the server's limit does not fit.</param>
    /// <exception cref="ArgumentException">The template is malformed, or mapped already for this method.</exception>
    public Router Map(RequestMethod method, string template, HttpHandler handler, long? contentBytesMax = null)
    {
        if (_routes.Any(each => each.Method == method && each.Template == template))
        {
            throw new ArgumentException($"{template} is mapped already.", nameof(template));
        }

        _routes.Add(new Route(method, template, handler, contentBytesMax));
        byte[] allow = AllowOf(_routes.Where(each => each.Template == template));
        foreach (Route route in _routes.Where(each => each.Template == template))
        {
            route.Allow = allow;
        }

        _allow = AllowOf(_routes);
        return this;
    }

    /// <summary>The application: answers one exchange.</summary>
    public ValueTask HandleAsync(HttpExchange exchange)
    {
        if (exchange.Method == RequestMethod.Other)
        {
            return SentAsync(exchange.RejectAsync(RejectionReason.MethodUnknown));
        }

        if (exchange.IsAboutServer)
        {
            return AllowAsync(exchange, _allow);
        }

        RequestMethod method = exchange.Method == RequestMethod.Head ? RequestMethod.Get : exchange.Method;
        Route? samePath = null;
        foreach (Route route in _routes)
        {
            if (!route.Matches(exchange.Path, exchange.RouteValues))
            {
                continue;
            }

            if (route.Method == method)
            {
                exchange.SetRoute(route);
                exchange.Content.BytesMax = route.ContentBytesMax ?? exchange.Content.BytesMax;
                return route.Handler(exchange);
            }

            samePath ??= route;
        }

        if (samePath is null)
        {
            return SentAsync(exchange.RejectAsync(RejectionReason.NotFound));
        }

        if (method == RequestMethod.Options)
        {
            return AllowAsync(exchange, samePath.Allow);
        }

        exchange.SetHeader("Allow"u8, samePath.Allow);
        return SentAsync(exchange.RejectAsync(RejectionReason.MethodNotAllowed));
    }

    private static ValueTask AllowAsync(HttpExchange exchange, byte[] allow)
    {
        exchange.SetHeader("Allow"u8, allow);
        return SentAsync(exchange.RespondAsync(204));
    }

    private static async ValueTask SentAsync(ValueTask<bool> response) => await response;

    private static byte[] AllowOf(IEnumerable<Route> routes)
    {
        IEnumerable<RequestMethod> methods = routes.Select(each => each.Method).Append(RequestMethod.Options);
        methods = methods.Contains(RequestMethod.Get) ? methods.Append(RequestMethod.Head) : methods;
        return Encoding.ASCII.GetBytes(
            string.Join(", ", methods.Distinct().Order().Select(each => Encoding.ASCII.GetString(each.Token()))));
    }
}
