def cost(alpha):
    distance = alpha - 120
    return distance**2

alpha = 200
print(f"alpha {alpha}, error {cost(alpha)}")
